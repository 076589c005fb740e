package culvert.proxy.audit;

import culvert.config.AuditSettings;
import culvert.proxy.event.Stories;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a command writes into the audit trail about pins, each time as a run of its own. On the disk
 * when a method returns; blocks for the file system.
 */
public final class PinNotes {
  private final Optional<AuditSettings> settings;
  private final String config;
  private final InstantSource clock = InstantSource.system();

  /**
   * @param settings empty: no trail is kept
   * @param config the hash of the configuration
   */
  public PinNotes(Optional<AuditSettings> settings, String config) {
    this.settings = settings;
    this.config = config;
  }

  /**
   * Destinations may fall back again.
   *
   * @throws IOException with a message for the user: the trail says nothing of it
   */
  public void unpinned(List<String> pins) throws IOException {
    write(AuditCode.UNPINNED, pins);
  }

  /**
   * They may not, after all.
   *
   * @throws IOException as of {@link #unpinned}
   */
  public void pinned(List<String> pins) throws IOException {
    write(AuditCode.PINNED, pins);
  }

  private void write(AuditCode code, List<String> pins) throws IOException {
    if (settings.isPresent()) {
      Fields fields = new Fields().put("pins", pins).put("config", config);
      write(settings.get(), new AuditEvent(code, clock.instant(), fields.map()));
    }
  }

  private void write(AuditSettings to, AuditEvent event) throws IOException {
    OldTrails left = new OldTrails(to.keep(), clock, tidying -> {}); // to the daemon
    UUID boot = Stories.newBoot();
    try (AuditFile file = AuditFile.open(to.file(), to.rotate(), left, boot, clock)) {
      AuditChain chain = new AuditChain(HostName.ours(), boot, file.lastHash());
      file.append(chain.line(EncodedEvent.of(event)));
      file.force();
    } catch (IOException e) {
      throw AuditTrail.unwritable(to, e);
    }
  }
}
