package culvert.proxy.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Events and lines for tests. */
final class Events {
  static final UUID BOOT = UUID.fromString("0193777c-3000-7000-8000-000000000001");
  static final UUID OTHER_BOOT = UUID.fromString("0193777c-3000-7000-8000-000000000002");
  static final Instant TIME = Instant.parse("2026-11-30T12:00:00.123456Z");

  private Events() {}

  static AuditEvent event(AuditCode code, int number) {
    return new AuditEvent(code, TIME, Map.of("number", number));
  }

  /** The lines of one run, from its start. */
  static List<byte[]> lines(UUID boot, String found, int count) {
    AuditChain chain = new AuditChain("here", boot, found);
    List<byte[]> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AuditEvent event = event(i == 0 ? AuditCode.START : AuditCode.JOB_ENDED, i);
      byte[] line = chain.line(EncodedEvent.of(event));
      chain.written(line);
      lines.add(line);
    }
    return lines;
  }

  /** A line of a file. */
  static TrailLine line(String file, long number, byte[] octets) {
    return TrailLine.of(
        Path.of(file), number, new LineInput.Line(octets, LineHash.of(octets), true));
  }

  /** What is wrong with a trail of these lines. */
  static List<String> faults(List<byte[]> lines) {
    TrailCheck check = new TrailCheck();
    for (int i = 0; i < lines.size(); i++) {
      check.line(line("audit.jsonl", i + 1L, lines.get(i)));
    }
    return check.faults();
  }

  /** What is wrong with the trail of which this file is the one that is written. */
  static List<String> faults(Path file) throws IOException {
    TrailCheck check = new TrailCheck();
    TrailReader.of(file).read(check::line);
    return check.faults();
  }

  /** All lines of such a trail. */
  static List<TrailLine> read(Path file) throws IOException {
    List<TrailLine> lines = new ArrayList<>();
    TrailReader.of(file).read(lines::add);
    return lines;
  }
}
