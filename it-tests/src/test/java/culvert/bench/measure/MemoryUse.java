package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.rig.GreeterProcess;
import culvert.bench.rig.LiveHeap;
import culvert.bench.rig.Memory;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Resident memory, once each: at rest, twenty seconds after idle FTP sessions through SSH have been
 * made, during sixteen downloads, and twenty seconds after them. OpenSSH has no room for 10,000
 * channels in one session, and Culvert makes two of its own: beside it stand two {@code ssh -D}
 * with half of the sessions each.
 */
public final class MemoryUse implements Measure {
  private static final int FEW = 1_000;
  private static final int MANY = 10_000;
  private static final int LOOKS_UNDER_LOAD = 40;

  private final Rig rig;
  private final PrintStream progress;
  private final int bytes;

  /**
   * @param bytes of each of the sixteen downloads
   */
  public MemoryUse(Rig rig, PrintStream progress, int bytes) {
    this.rig = rig;
    this.progress = progress;
    this.bytes = bytes;
  }

  /** Asks a JVM what lives on its heap. */
  private interface Heap {
    long liveBytes(ProxyUnderTest proxy) throws Exception;
  }

  /**
   * Of one kind of proxy.
   *
   * @param liveBytes on the heap with all sessions, that are gone without them
   */
  private record Idle(Memory rest, Memory few, Memory many, long liveBytes) {
    double kibibytesOfEach() {
      return (many.resident() - few.resident()) / (double) (MANY - FEW);
    }
  }

  private record Busy(Memory during, Memory after) {}

  @Override
  public List<Row> rows() throws Exception {
    List<Row> rows = new ArrayList<>();
    rows.addAll(idle());
    rows.addAll(busy());
    return rows;
  }

  private List<Row> idle() throws Exception {
    try (GreeterProcess server = GreeterProcess.start();
        Proxies proxies = rig.open()) {
      ProxyUnderTest one =
          proxies.culvert(
              proxies
                  .tunnelTo(server.port())
                  .top("limits", "{ connections: 12000, before-login: 12000 }"));
      Idle culvert = idle(List.of(one), server, LiveHeap::of);
      Idle ssh = idle(List.of(proxies.ssh(), proxies.ssh()), server, noJvm -> 0);
      List<Row> rows = new ArrayList<>();
      rows.addAll(
          rows("memory-rest", "memory at rest, MiB", culvert.rest(), "`ssh -D`", ssh.rest()));
      rows.set(0, rows.get(0).to(Target.culvertAtMost(140, 90)));
      rows.addAll(
          rows(
              "memory-idle-1000",
              "memory with 1,000 idle tunnelled sessions, MiB",
              culvert.few(),
              "two `ssh -D`",
              ssh.few()));
      rows.addAll(
          rows(
              "memory-idle-10000",
              "memory with 10,000 idle tunnelled sessions, MiB",
              culvert.many(),
              "two `ssh -D`",
              ssh.many()));
      rows.add(
          Row.beside(
                  "memory-idle-each",
                  "memory of each idle tunnelled session, KiB",
                  Samples.of(culvert.kibibytesOfEach()),
                  "`ssh -D`",
                  Samples.of(ssh.kibibytesOfEach()),
                  Comparison.RATIO)
              .to(Target.culvertAtMost(20, 15)));
      rows.add(
          Row.alone(
              "memory-idle-live",
              "of it alive on the heap, KiB",
              Samples.of(culvert.liveBytes() / 1024.0 / MANY)));
      return rows;
    }
  }

  /** At rest one process counts, whatever their number is. */
  private Idle idle(List<ProxyUnderTest> proxies, GreeterProcess server, Heap heap)
      throws Exception {
    ProxyUnderTest first = proxies.get(0);
    ProxyUnderTest all = together(proxies);
    progress.println("memory at rest: " + all.name());
    Memory rest = Settling.atStart(first);
    Memory few;
    Memory many;
    long with;
    try (ControlConnections idle = new ControlConnections(proxies, server.port())) {
      progress.println("memory with 1,000 idle sessions: " + all.name());
      idle.growTo(FEW);
      few = Settling.afterWork(all);
      progress.println("memory with 10,000 idle sessions: " + all.name());
      idle.growTo(MANY);
      many = Settling.afterWork(all);
      idle.check();
      with = heap.liveBytes(first);
    }
    return new Idle(rest, few, many, with - withoutSessions(first, heap));
  }

  /** They end when the proxy gets to it: until nothing more goes. */
  private long withoutSessions(ProxyUnderTest proxy, Heap heap) throws Exception {
    long before;
    long now = heap.liveBytes(proxy);
    do {
      before = now;
      Settling.atStart(proxy);
      now = heap.liveBytes(proxy);
    } while (now < before * 0.99);
    return now;
  }

  private static ProxyUnderTest together(List<ProxyUnderTest> proxies) {
    return new ProxyUnderTest(
        proxies.get(0).name(),
        proxies.get(0).port(),
        proxies.stream().flatMap(proxy -> proxy.processes().stream()).toList());
  }

  private List<Row> busy() throws Exception {
    try (Proxies proxies = rig.open()) {
      Busy culvert = busy(proxies.culvert(proxies.tunnelTo(rig.site().port())));
      Busy ssh = busy(proxies.ssh());
      List<Row> rows = new ArrayList<>();
      rows.addAll(
          rows(
              "memory-16-streams",
              "memory during 16 downloads, the most, MiB",
              culvert.during(),
              "`ssh -D`",
              ssh.during()));
      rows.addAll(
          rows("memory-after", "memory after them, MiB", culvert.after(), "`ssh -D`", ssh.after()));
      return rows;
    }
  }

  private Busy busy(ProxyUnderTest proxy) throws Exception {
    progress.println("memory during 16 downloads: " + proxy.name());
    Memory most;
    try (Load load = Load.start(rig.site(), proxy, bytes)) {
      most = Settling.mostOf(proxy, LOOKS_UNDER_LOAD);
      load.check();
    }
    return new Busy(most, Settling.afterWork(proxy));
  }

  private static List<Row> rows(
      String name, String what, Memory culvert, String program, Memory other) {
    return List.of(
        row(name, what, culvert, program, other, Memory::resident),
        row(
            name + "-anonymous",
            what.replaceFirst("MiB$", "of no file (RssAnon), MiB"),
            culvert,
            program,
            other,
            Memory::anonymous));
  }

  private static Row row(
      String name,
      String what,
      Memory culvert,
      String program,
      Memory other,
      ToDoubleFunction<Memory> kibibytes) {
    return Row.beside(
        name,
        what,
        Samples.of(kibibytes.applyAsDouble(culvert) / 1024),
        program,
        Samples.of(kibibytes.applyAsDouble(other) / 1024),
        Comparison.RATIO);
  }
}
