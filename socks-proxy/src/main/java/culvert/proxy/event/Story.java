package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshFailure;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one client connection, from the front door to its end; {@link StoryObserver}s
 * hear of each change. Confined to the client channel's event loop, its final parts excepted.
 */
public final class Story implements ConnectionRecorder {
  private final long number;
  private final UUID id;
  private final InetSocketAddress client;
  private final String listener;
  private final List<StoryObserver> observers;
  private final LongSupplier nanoTime;
  private final Runnable confinement;
  private final long startedAt;

  private UUID job;
  private ConnectionRequest request;
  private String rule = "-";
  private String action = "-";
  private @Nullable String sshServer;
  private @Nullable FallbackReason fallback;
  private long bytesFromClient;
  private long bytesToClient;
  private long endedAt;
  private boolean ended;

  Story(
      long number,
      UUID id,
      InetSocketAddress client,
      ConnectionRequest request,
      List<StoryObserver> observers,
      LongSupplier nanoTime,
      Runnable confinement) {
    this.number = number;
    this.id = id;
    this.job = id;
    this.client = client;
    this.listener = request.listener();
    this.request = request;
    this.observers = observers;
    this.nanoTime = nanoTime;
    this.confinement = confinement;
    this.startedAt = nanoTime.getAsLong();
  }

  @Override
  public long number() {
    return number;
  }

  /**
   * Unique among all stories of all Culverts, and greater than those that this one began before.
   */
  public UUID id() {
    return id;
  }

  @Override
  public UUID job() {
    return job;
  }

  public InetSocketAddress client() {
    return client;
  }

  /** The name of the front door. */
  public String listener() {
    return listener;
  }

  /** What the client asks for, as it is known by now. */
  public ConnectionRequest request() {
    return request;
  }

  /** {@code -} until it is known. */
  public String rule() {
    return rule;
  }

  /** {@code -} until it is known. */
  public String action() {
    return action;
  }

  /** Empty: no SSH server carries it, or not yet. */
  public Optional<String> sshServer() {
    return Optional.ofNullable(sshServer);
  }

  public Optional<FallbackReason> fallback() {
    return Optional.ofNullable(fallback);
  }

  public long bytesFromClient() {
    return bytesFromClient;
  }

  public long bytesToClient() {
    return bytesToClient;
  }

  /** Until now, or until its end. */
  public Duration duration() {
    return Duration.ofNanos((ended ? endedAt : nanoTime.getAsLong()) - startedAt);
  }

  @Override
  public void belongsTo(UUID newJob) {
    confinement.run();
    job = newJob;
  }

  @Override
  public void routed(String ruleName, String actionWord) {
    confinement.run();
    rule = ruleName;
    action = actionWord;
    observers.forEach(observer -> observer.routed(this));
  }

  @Override
  public void destinationNamed(ConnectionRequest newRequest, String ruleName, String actionWord) {
    confinement.run();
    request = newRequest;
    rule = ruleName;
    action = actionWord;
    sshServer = null;
    fallback = null;
    observers.forEach(observer -> observer.destinationNamed(this));
  }

  @Override
  public void tunnelled(String server, String sshUser) {
    confinement.run();
    sshServer = server;
    observers.forEach(observer -> observer.tunnelled(this, sshUser));
  }

  @Override
  public void tunnelFailed(SshFailure failure) {
    confinement.run();
    observers.forEach(observer -> observer.tunnelFailed(this, failure));
  }

  @Override
  public void fellBack(FallbackReason reason, String detail) {
    confinement.run();
    fallback = reason;
    observers.forEach(observer -> observer.fellBack(this, detail));
  }

  @Override
  public void keptFromPlaintext() {
    confinement.run();
    observers.forEach(observer -> observer.keptFromPlaintext(this));
  }

  @Override
  public void fromClient(long bytes) {
    confinement.run();
    bytesFromClient += bytes;
    observers.forEach(observer -> observer.fromClient(this, bytes));
  }

  @Override
  public void toClient(long bytes) {
    confinement.run();
    bytesToClient += bytes;
    observers.forEach(observer -> observer.toClient(this, bytes));
  }

  @Override
  public void ended(EndReason reason, String detail) {
    confinement.run();
    if (!ended) {
      ended = true;
      endedAt = nanoTime.getAsLong();
      observers.forEach(observer -> observer.ended(this, reason, detail));
    }
  }
}
