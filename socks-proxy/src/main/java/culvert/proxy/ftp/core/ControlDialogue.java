package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pairs commands with replies on a control connection that is relayed, and steps in where a data
 * connection is announced, by the server (PASV) or by the client (PORT). Everything else passes
 * through.
 *
 * <p>Everything that happens comes through {@link #on}. How replies find their commands is {@link
 * PendingReplies}; what the client is told of them {@link ClientReplies}; what they are worth for a
 * file that it sends {@link Uploads}; and active mode is {@link ActiveDialogue}.
 */
public final class ControlDialogue {

  /**
   * What kind of session it is.
   *
   * @param tunnelled whether what it carries must not leave its tunnel
   * @param tlsAllowed whether AUTH may reach the server, after which nothing is understood any more
   * @param greetingPending whether the server's greeting is still to come
   */
  public record Kind(boolean tunnelled, boolean tlsAllowed, boolean greetingPending) {}

  private final Kind kind;
  private final PendingReplies pending = new PendingReplies();
  private final List<ControlEffect> effects = new ArrayList<>();
  private final ActiveDialogue active = new ActiveDialogue(new LineOfActive());
  private final ClientReplies client;
  private final Uploads uploads;
  private final PassiveDialogue passive;
  private final Aborts aborts = new Aborts(pending, effects::add);
  private final ServerReplies server;

  private int requests;
  private Optional<byte[]> restart = Optional.empty(); // of the command before
  private Optional<String> user = Optional.empty(); // as named last

  /**
   * @param splitter which cuts what the server says, and is told when a reply has ended
   */
  public ControlDialogue(Kind kind, ReplySplitter splitter) {
    this.kind = kind;
    this.client = new ClientReplies(kind.tunnelled(), kind.greetingPending(), pending, this::tell);
    this.uploads = new Uploads(kind.tunnelled(), pending, client);
    this.passive = new PassiveDialogue(kind.tunnelled(), pending, client, effects::add);
    this.server =
        new ServerReplies(
            splitter, pending, client, uploads, passive, active, aborts, effects::add);
    if (kind.greetingPending()) {
      pending.add(new Pending.Greeting());
    }
  }

  /** Takes what has happened; returns what is to be done about it, in order. */
  public List<ControlEffect> on(ControlEvent event) {
    if (event instanceof ControlEvent.Sent sent) {
      sent(sent.command(), sent.followed());
    } else if (event instanceof ControlEvent.StartsOver) {
      goesOn(false, false);
    } else if (event instanceof ControlEvent.Replied replied) {
      server.line(replied.line());
    } else if (event instanceof ControlEvent.NothingMore rest) {
      server.nothingMore(rest.number());
    } else if (event instanceof ControlEvent.ServerEnded) {
      server.ended();
    } else if (event instanceof ControlEvent.Announced announced) {
      passive.announced(announced);
    } else if (event instanceof ControlEvent.OfActiveMode answer) {
      active.on(answer);
    } else if (event instanceof ControlEvent.DataStarted started) {
      uploads.started(started.request(), started.request() > 0 ? started.request() : requests);
    } else if (event instanceof ControlEvent.DataSent data) {
      uploads.sent(data.request());
    } else if (event instanceof ControlEvent.DataBroken data) {
      if (uploads.broken(data.request())) {
        aborts.ofUpload();
      }
    } else if (event instanceof ControlEvent.DataEnded data) {
      uploads.ended(data.request());
    } else if (event instanceof ControlEvent.ClientGone) {
      if (uploads.abandon()) {
        aborts.ofUpload();
      }
    } else {
      throw new IllegalStateException("control connection: " + event);
    }
    List<ControlEffect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }

  // What the session asks

  /** Whether the client's commands have to wait, but for ABOR. */
  public boolean waiting() {
    return active.waiting() || passive.announcing();
  }

  /** Whether {@link #waiting} is for an announcement, so that the server has to wait as well. */
  public boolean announcing() {
    return passive.announcing();
  }

  /** What a client in active mode waits for, for a message. */
  public String waitsFor() {
    return active.waitsFor();
  }

  /** Whether a server that is busy with a transfer has yet to see what {@link #waiting} is for. */
  public boolean waitsBehindTransfer() {
    return active.waitsForServer() && transferPending();
  }

  /** Whether the client is sending a file, of which the server must not take a part for whole. */
  public boolean uploadOpen() {
    return uploads.anyOpen();
  }

  /** Whether every command of the client's has its reply, as far as the client waits for one. */
  public boolean idle() {
    return !pending.clientWaits() && !active.waiting() && client.held().isEmpty();
  }

  /** Whether the client has to wait before it may send more commands. */
  public boolean full() {
    return pending.isFull() || client.manyBehind();
  }

  /** A client that sends something beside a transfer has seen that it goes on. */
  private boolean transferBegun() {
    return pending.all(Pending.Transfer.class).anyMatch(Pending.Transfer::begun);
  }

  private boolean transferPending() {
    return pending.first(Pending.Transfer.class).isPresent();
  }

  // The client

  private void sent(Command command, boolean followed) {
    boolean usual = command.is("NOOP", "STAT"); // which clients send without having seen a 1yz
    boolean beside = command.is("ABOR") || transferBegun() || (transferPending() && usual);
    boolean whileItGoesOn = command.is("ABOR") || (transferBegun() && usual);
    goesOn(followed, whileItGoesOn);
    int number = client.owe(command);
    Optional<byte[]> restartBefore = restart;
    restart = Optional.empty();
    switch (command.verb()) {
      case "PORT", "EPRT" -> active.port(command);
      case "LPRT", "SPOR" -> client.answerInTurn(OwnReply.NO_OTHER_PORT);
      case "LPSV", "SPSV", "CPSV", "SPAS" -> client.answerInTurn(OwnReply.NO_OTHER_PASSIVE);
      case "AUTH", "ADAT", "PBSZ", "PROT" -> tls(command, beside);
      case "PASV" -> passive(command, false);
      case "EPSV" -> epsv(command);
      case "REIN" -> {
        active.passive();
        uploads.inStreamMode();
        forward(command, new Pending.Ordinary(beside, Optional.empty()));
      }
      case "REST" -> {
        restart = Optional.of(command.bytes());
        forward(command, new Pending.Ordinary(beside, Optional.empty()));
      }
      case "MODE", "STRU" ->
          forward(command, new Pending.Form(command.verb(), command.marksEnd(), beside));
      case "USER" -> {
        user = Optional.of(command.argumentForPeople());
        ordinary(command, new Pending.Ordinary(beside, user));
      }
      case "PASS", "ACCT" -> ordinary(command, new Pending.Ordinary(beside, user));
      case "ABOR" -> abort();
      case "" -> client.answerInTurn(OwnReply.MALFORMED);
      default -> {
        if (command.transfers()) {
          transfer(command, number, restartBefore);
        } else {
          ordinary(command, new Pending.Ordinary(beside, Optional.empty()));
        }
      }
    }
  }

  /** See {@link PendingReplies#clientGoesOn}. */
  private void goesOn(boolean followed, boolean beside) {
    if (pending.clientGoesOn(followed, beside)) {
      server.clientGoesOn();
      client.answerDue();
      client.owesNoMoreThan(server.owed());
    }
  }

  private void ordinary(Command command, Pending.Ordinary waits) {
    if (waits.beside() && pending.manyBeside()) {
      effects.add(new ControlEffect.ToServer(command.bytes())); // the client may wait, we do not
    } else {
      forward(command, waits);
    }
  }

  private void epsv(Command command) {
    if (command.argumentText().strip().equalsIgnoreCase("ALL")) {
      active.passive();
      forward(command, new Pending.EpsvAll());
    } else {
      passive(command, true);
    }
  }

  private void passive(Command command, boolean extended) {
    active.passive();
    passive.asked(++requests, extended, command.bytes());
  }

  private void tls(Command command, boolean beside) {
    if (kind.tlsAllowed()) {
      forward(
          command,
          command.is("AUTH") ? new Pending.Auth() : new Pending.Ordinary(beside, Optional.empty()));
    } else {
      client.answerInTurn(OwnReply.NO_TLS);
    }
  }

  private void transfer(Command command, int number, Optional<byte[]> restartBefore) {
    boolean upload = command.uploads();
    if (active.on()) {
      active.transfer(new ActiveLine.Transfer(upload, number, command.bytes(), restartBefore));
    } else if (upload && uploads.isBroken(passive.request())) {
      client.answerInTurn(
          OwnReply.UPLOAD_BROKEN); // before the server takes what there is for a file
    } else {
      int request = passive.request();
      send(command.bytes(), new Pending.Transfer(upload, number, request, request, false));
    }
  }

  private void send(byte[] line, Pending.Transfer transfer) {
    pending.add(transfer);
    if (transfer.upload) {
      uploads.began(transfer);
    }
    Command sent = Command.ofLine(line);
    effects.add(
        new ControlEffect.TransferSent(
            transfer.number, transfer.request, sent.verb(), sent.argumentForPeople()));
    effects.add(new ControlEffect.ToServer(line));
  }

  private void forward(Command command, Pending waits) {
    pending.add(waits);
    effects.add(new ControlEffect.ToServer(command.bytes()));
  }

  private void abort() {
    boolean ofHeld = active.waiting() && !transferPending();
    active.giveUp("aborted by the client.");
    if (ofHeld) { // the server has not heard of what is aborted
      client.answerInTurn(OwnReply.ABORTED);
    } else {
      aborts.byClient();
    }
  }

  private void tell(byte[] line) {
    effects.add(new ControlEffect.ToClient(line));
  }

  /** What a client in active mode has us say. */
  private final class LineOfActive implements ActiveLine {
    @Override
    public int nextRequest() {
      return ++requests;
    }

    @Override
    public void answer(String reply) {
      client.answerInTurn(reply);
    }

    @Override
    public void sendOwn(Pending.Own.Kind own, byte[] line) {
      pending.add(new Pending.Own(own));
      effects.add(new ControlEffect.ToServer(line));
    }

    @Override
    public void send(ActiveLine.Transfer transfer, int request, boolean renamed) {
      ControlDialogue.this.send(
          transfer.line(),
          new Pending.Transfer(
              transfer.upload(), transfer.number(), request, passive.request(), renamed));
    }

    @Override
    public void abandonOwn() {
      pending.all(Pending.Own.class).forEach(own -> own.abandoned = true);
    }

    @Override
    public void effect(ControlEffect effect) {
      effects.add(effect);
    }
  }
}
