package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one client connection, from the front door to its end; {@link StoryObserver}s
 * hear of each change. Confined to the client channel's event loop, but for its final parts, its
 * job and what a {@link Way} has of it, which any thread may ask.
 */
public final class Story implements ConnectionRecorder {
  private static final String UNKNOWN = "-";

  private final UUID id;
  private final InetSocketAddress client;
  private final String listener;
  private final List<StoryObserver> observers;
  private final LongSupplier nanoTime;
  private final Runnable confinement;
  private final long startedAt;

  private final ConnectionRequest asked;
  private final Optional<String> socksUser;
  private volatile UUID job;
  private volatile ConnectionRequest request;
  private volatile String rule = UNKNOWN;
  private volatile String action = UNKNOWN;
  private @Nullable SshCarrier carrier;
  private @Nullable FallbackReason fallback;
  private volatile @Nullable InetAddress reached;
  private volatile @Nullable String ftpUser; // as named last
  private volatile @Nullable String ftpLogin; // whom the server has let in last
  private boolean speaksFtp;
  private ByteMeter meter = ByteMeter.NONE;
  private @Nullable String refusal; // of what was asked for last
  private boolean keptFromPlaintext;
  private long bytesFromClient;
  private long bytesToClient;
  private long endedAt;
  private boolean ended;

  Story(
      UUID id,
      InetSocketAddress client,
      Optional<String> socksUser,
      ConnectionRequest request,
      List<StoryObserver> observers,
      LongSupplier nanoTime,
      Runnable confinement) {
    this.id = id;
    this.job = id;
    this.client = client;
    this.listener = request.listener();
    this.socksUser = socksUser;
    this.asked = request;
    this.request = request;
    this.observers = observers;
    this.nanoTime = nanoTime;
    this.confinement = confinement;
    this.startedAt = nanoTime.getAsLong();
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

  /** Whether it is a data connection of an FTP session. Any thread may ask. */
  public boolean isOfAnotherJob() {
    return !job.equals(id);
  }

  public InetSocketAddress client() {
    return client;
  }

  /** The name of the front door. */
  public String listener() {
    return listener;
  }

  /** Who the client is by the front door's own login. */
  public Optional<String> socksUser() {
    return socksUser;
  }

  /** What the client asked the front door for. */
  public ConnectionRequest asked() {
    return asked;
  }

  /** What the client asks for, as it is known by now. */
  public ConnectionRequest request() {
    return request;
  }

  /** Whether it is known which rule it goes by. */
  public boolean isRouted() {
    return !rule.equals(UNKNOWN);
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
  public Optional<SshCarrier> carrier() {
    return Optional.ofNullable(carrier);
  }

  /** The way that it has taken by now. */
  public TakenRoute route() {
    if (carrier != null) {
      return TakenRoute.SSH;
    }
    return reached == null ? TakenRoute.REFUSED : TakenRoute.PLAINTEXT;
  }

  /** The destination's address, where it was reached from here. */
  public Optional<InetAddress> reached() {
    return Optional.ofNullable(reached);
  }

  /** Whom the FTP server has let in, the last one; where it has let nobody in, who asked last. */
  public Optional<String> ftpUser() {
    return Optional.ofNullable(ftpLogin).or(() -> Optional.ofNullable(ftpUser));
  }

  /** Whether its bytes are commands and replies. */
  public boolean speaksFtp() {
    return speaksFtp;
  }

  public Optional<FallbackReason> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** Whether a pin has kept it from plaintext. */
  public boolean isKeptFromPlaintext() {
    return keptFromPlaintext;
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

  /** Has what passes from now on counted by that, and by no other. */
  public void meteredBy(ByteMeter newMeter) {
    confinement.run();
    meter = newMeter;
  }

  @Override
  public void belongsTo(UUID newJob, int request) {
    confinement.run();
    job = newJob;
    observers.forEach(observer -> observer.belongsTo(this, request));
  }

  @Override
  public void ownerAsked() {
    confinement.run();
    observers.forEach(observer -> observer.ownerAsked(this));
  }

  @Override
  public void ownedBy(ClientProgram owner) {
    confinement.run();
    observers.forEach(observer -> observer.ownedBy(this, owner));
  }

  @Override
  public void routed(ConnectionRequest asRouted, String ruleName, String actionWord) {
    confinement.run();
    request = asRouted;
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
    leaveTunnel();
    fallback = null;
    reached = null;
    refusal = null;
    ftpLogin = null; // it was another server's
    observers.forEach(observer -> observer.destinationNamed(this));
  }

  /** The next way need not be through SSH, as the one before was. */
  private void leaveTunnel() {
    if (carrier != null && !carrier.isTheClients()) {
      carrier = null;
    }
  }

  @Override
  public void tunnelled(SshCarrier newCarrier) {
    confinement.run();
    carrier = newCarrier;
    refusal = null;
    observers.forEach(observer -> observer.tunnelled(this, newCarrier));
  }

  @Override
  public void tunnelFailed(SshException cause) {
    confinement.run();
    observers.forEach(observer -> observer.tunnelFailed(this, cause));
  }

  @Override
  public void inPlaintext(InetAddress address, Optional<FallbackReason> inPlaceOf) {
    confinement.run();
    leaveTunnel();
    reached = address;
    refusal = null;
    fallback = inPlaceOf.orElse(null);
    observers.forEach(observer -> observer.inPlaintext(this));
  }

  @Override
  public void ftpBegins() {
    confinement.run();
    speaksFtp = true;
    observers.forEach(observer -> observer.ftpBegins(this));
  }

  @Override
  public void ftpUser(String user) {
    confinement.run();
    ftpUser = user;
  }

  @Override
  public void ftpLoggedIn(String user) {
    confinement.run();
    ftpLogin = user;
    observers.forEach(observer -> observer.ftpLoggedIn(this));
  }

  @Override
  public void ftpUnreadable() {
    confinement.run();
    observers.forEach(observer -> observer.ftpUnreadable(this));
  }

  @Override
  public void transferAsked(FtpTransfer transfer) {
    confinement.run();
    observers.forEach(observer -> observer.transferAsked(this, transfer));
  }

  @Override
  public void transferAnswered(int transfer, int code) {
    confinement.run();
    observers.forEach(observer -> observer.transferAnswered(this, transfer, code));
  }

  @Override
  public void fellBack(FallbackReason reason, String detail) {
    confinement.run();
    fallback = reason;
    observers.forEach(observer -> observer.fellBack(this, detail));
  }

  @Override
  public void refused(RefusedWhy why, String detail) {
    confinement.run();
    refusal = detail;
    observers.forEach(observer -> observer.refused(this, why, detail));
  }

  @Override
  public void keptFromPlaintext() {
    confinement.run();
    keptFromPlaintext = true;
    observers.forEach(observer -> observer.keptFromPlaintext(this));
  }

  @Override
  public void fromClient(long bytes) {
    confinement.run();
    bytesFromClient += bytes;
    meter.up(bytes);
  }

  @Override
  public void toClient(long bytes) {
    confinement.run();
    bytesToClient += bytes;
    meter.down(bytes);
  }

  @Override
  public void ended(EndReason reason, String detail) {
    confinement.run();
    if (!ended) {
      ended = true;
      endedAt = nanoTime.getAsLong();
      @Nullable String refused = reason == EndReason.COMPLETED ? refusal : null; // and then it left
      EndReason truth = refused == null ? reason : EndReason.REFUSED;
      String why = refused == null || !detail.isEmpty() ? detail : refused;
      observers.forEach(observer -> observer.ended(this, truth, why));
    }
  }
}
