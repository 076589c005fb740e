package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session as a client and a server see it: real bytes through the real core, and everything else
 * answered as the session would. It fails as soon as the client could conclude something false.
 */
final class ModelSession implements ModelClient.Judge {
  private static final int BASE_PORT = 20_000;
  private static final int RENAMED_PORT = 40_000;

  /** How far a data connection has come. */
  enum Data {
    /** The client may come. */
    AWAITED,
    OPEN,
    /** The client's EOF has come. */
    SENT,
    ENDED,
    BROKEN
  }

  final ModelClient client;

  /** Lines that the server has received, in order, and has not looked at. */
  final Deque<String> received = new ArrayDeque<>();

  /** Data connections by their requests. */
  final Map<Integer, Data> data = new TreeMap<>();

  /** Where the server listens, by the request whose data come there. */
  final Map<Integer, Integer> serverPorts = new HashMap<>();

  private final ReplySplitter replySplitter = new ReplySplitter();
  private final CommandSplitter commandSplitter = new CommandSplitter();
  private final ControlDialogue dialogue =
      new ControlDialogue(new ControlDialogue.Kind(true, false, false), replySplitter);
  private final Deque<ControlEffect> asked = new ArrayDeque<>();
  private final Deque<ReplyLine> serverLines = new ArrayDeque<>();
  private final Deque<Command> clientLines = new ArrayDeque<>();
  private final List<ModelReader> observers =
      List.of(
          new CurlReader(),
          new FtplibReader(),
          new LftpReader(),
          new WgetReader(),
          new CommonsNetReader(),
          new TnftpReader(),
          new FileZillaReader(),
          new RfcReader());
  private final Map<Integer, Integer> told = new LinkedHashMap<>(); // requests by their ports
  private final Map<String, Integer> activeUploads = new HashMap<>();
  private final List<Integer> spent = new ArrayList<>(); // requests whose data made an upload
  private final List<String> transcript = new ArrayList<>();
  private @Nullable ConformingServer server;
  private boolean aborted;
  private int opening; // the newest OpenData
  private int finalReplies;
  private boolean over;

  ModelSession(ModelReader reader, boolean pipelines) {
    this.client = new ModelClient(reader, pipelines, this);
    transcript.add(reader + (client.pipelines() ? ", pipelines" : ""));
  }

  /** With a server that keeps to the rules; a client that pipelines asks for nothing unsure. */
  static ModelSession polite(
      ModelReader reader,
      boolean pipelines,
      ConformingServer.Beside beside,
      ConformingServer.Aborts aborts) {
    boolean sure = beside != ConformingServer.Beside.DROPPED && !aborts.one();
    ModelSession session = new ModelSession(reader, pipelines && sure);
    session.server = new ConformingServer(session, beside, aborts);
    session.transcript.add(beside + ", " + aborts);
    return session;
  }

  void serverActs(int cut, boolean refuses) {
    if (server != null && !over) {
      boolean any = server.act(cut, refuses);
      if (!any) {
        client.giveUpOnCommandsBeside();
      }
    }
  }

  /** Everybody goes on to the end; then every command has had its own reply. */
  void completes() {
    boolean progress = true;
    for (int i = 0; progress && i < 10_000; i++) {
      progress = !asked.isEmpty();
      answer(0);
      progress |= server.act(0, false);
      for (Integer request : List.copyOf(data.keySet())) {
        Data now = data.get(request);
        data(request, now == Data.AWAITED ? Data.OPEN : now == Data.OPEN ? Data.SENT : Data.ENDED);
        progress |= now != data.get(request);
      }
    }
    client.giveUpOnCommandsBeside();
    boolean bare = client.waiting().isEmpty() && !dialogue.waiting() && clientLines.isEmpty();
    if (over || !bare) {
      throw new AssertionError(
          failure("nothing happens any more, but the client waits for " + client.waiting().size()));
    }
  }

  private void itsOwn(ModelCommand command, ReadReply reply) {
    boolean echoed = reply.whole().contains("[" + command.line + "]");
    boolean announced = command.announced > 0;
    String text = reply.last();
    boolean local =
        switch (command.verb) {
          case "LPSV", "AUTH" -> text.startsWith("502 culvert");
          case "PORT", "EPRT" -> reply.code() == 200 || text.startsWith("425 culvert: ");
          case "ABOR", "NOOP", "STAT" -> // each of them may overtake another
              text.startsWith("226 culvert: ABOR") || text.matches(".*\\[(ABOR|NOOP|STAT)\\]");
          default -> command.transfer() && failedHere(command, text);
        };
    boolean doubt = aborted && text.startsWith("426 culvert: upload broken"); // which upload's?
    if (!echoed && !announced && !local && !doubt) {
      throw new AssertionError(failure(command + " was answered " + reply));
    }
  }

  /** What an honest failure of a transfer is. */
  private boolean failedHere(ModelCommand command, String text) {
    boolean broke = command.upload() && data.get(requestOf(command)) == Data.BROKEN;
    boolean refused = text.startsWith("425 culvert: ");
    return refused || (broke && text.startsWith("426 culvert: upload broken"));
  }

  /** The server could not be followed, or the client has given up. */
  boolean over() {
    return over;
  }

  boolean waiting() {
    return dialogue.waiting();
  }

  boolean anythingAsked() {
    return !asked.isEmpty();
  }

  /** For sessions that are too long for it. */
  void forgetTranscript() {
    transcript.clear();
    received.clear();
  }

  ControlDialogue dialogue() {
    return dialogue;
  }

  // What happens

  /** The client sends these, together where it pipelines. */
  void send(List<String> lines, int cut) {
    StringBuilder burst = new StringBuilder();
    for (String line : lines) {
      if (client.maySend(line) && !answeredHereBehindATransfer(line) && !waitsForAbort()) {
        client.sent(line);
        burst.append(line).append("\r\n");
        transcript.add("client: " + line);
      }
    }
    byte[] bytes = burst.toString().getBytes(ISO_8859_1);
    for (byte[] chunk : chunks(bytes, cut)) {
      for (ClientInput input : commandSplitter.feed(chunk)) {
        clientLines.add((Command) input);
      }
      pump();
    }
  }

  /** Whoever goes on without an answer to its ABOR may have had it with that of its transfer. */
  private boolean waitsForAbort() {
    return server != null
        && client.pipelines()
        && client.waiting().stream().anyMatch(command -> command.verb.equals("ABOR"));
  }

  /** A server that answers what comes beside a transfer at once would overtake that answer. */
  private boolean answeredHereBehindATransfer(String line) {
    return server != null
        && (line.equals("LPSV") || line.startsWith("AUTH"))
        && client.waiting().stream().anyMatch(ModelCommand::transfer);
  }

  void say(String text, int cut) {
    if (over) {
      return;
    }
    transcript.add("server: " + shown(text));
    for (byte[] chunk : chunks(text.getBytes(ISO_8859_1), cut)) {
      serverLines.addAll(replySplitter.feed(chunk));
      pump();
    }
  }

  private static List<byte[]> chunks(byte[] bytes, int cut) {
    int at = bytes.length == 0 ? 0 : cut % bytes.length;
    return List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
  }

  /** The session answers the oldest thing that it was asked. */
  void answer(int how) {
    ControlEffect ask = asked.poll();
    if (over || ask == null) {
      return;
    }
    if (ask instanceof ControlEffect.Announce announce) {
      boolean refused = how % 6 == 5;
      on(
          new ControlEvent.Announced(
              announce.request(), refused ? OwnReply.of(425, "no port") : announced(announce)));
    } else if (ask instanceof ControlEffect.Active active) {
      active(active.request(), how % 4);
    } else if (ask instanceof ControlEffect.AwaitRest rest) {
      on(new ControlEvent.NothingMore(rest.number()));
    } else if (ask instanceof ControlEffect.OpenData open) {
      opened(open, how % 6 == 5);
    }
    pump();
  }

  private byte[] announced(ControlEffect.Announce announce) {
    int port = BASE_PORT + announce.request();
    told.put(port, announce.request());
    serverPorts.put(announce.request(), announce.reply().port());
    return announce.extended()
        ? PassiveReply.encode229(port)
        : PassiveReply.encode227(address(announce.request()), port);
  }

  private static Inet4Address address(int request) {
    try {
      byte[] bytes = {(byte) 198, 18, (byte) (request >> 8), (byte) request};
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private void active(int request, int how) {
    switch (how) {
      case 0, 1 -> on(new ControlEvent.Convert(request));
      case 2 ->
          on(
              new ControlEvent.Rename(
                  request,
                  List.of(new InetSocketAddress(address(request), RENAMED_PORT + request))));
      default -> on(new ControlEvent.Refuse(request, "500 Illegal PORT command."));
    }
  }

  private void opened(ControlEffect.OpenData open, boolean refused) {
    if (refused) {
      on(new ControlEvent.NotOpened(open.request(), "nobody there"));
      return;
    }
    data.put(open.request(), Data.AWAITED);
    open.server().ifPresent(server -> serverPorts.put(open.request(), server.port()));
    opening = open.request();
    on(new ControlEvent.Opened(open.request()));
    opening = 0;
  }

  void giveUp() {
    if (!over) {
      on(new ControlEvent.GiveUp("too late"));
      pump();
    }
  }

  /** A data connection goes on, if it may. */
  void data(int request, Data next) {
    Data now = data.get(request);
    boolean may =
        switch (next) {
          case AWAITED -> false;
          case OPEN -> now == Data.AWAITED;
          case SENT, BROKEN -> now == Data.OPEN;
          case ENDED -> now == Data.OPEN || now == Data.SENT;
        };
    if (!may || over) {
      return;
    }
    data.put(request, next == Data.ENDED && now == Data.OPEN ? Data.BROKEN : next);
    on(
        switch (next) {
          case SENT -> new ControlEvent.DataSent(request);
          case BROKEN -> new ControlEvent.DataBroken(request);
          case ENDED -> new ControlEvent.DataEnded(request);
          default -> new ControlEvent.DataStarted(request);
        });
    pump();
  }

  // The core

  private void pump() {
    boolean progress = true;
    while (progress && !over) {
      progress = false;
      if (!serverLines.isEmpty() && !dialogue.announcing()) {
        ReplyLine line = serverLines.remove();
        on(new ControlEvent.Replied(line));
        progress = true;
      } else if (!clientLines.isEmpty() && takes(clientLines.element())) {
        Command command = clientLines.remove();
        on(new ControlEvent.Sent(command, !clientLines.isEmpty()));
        progress = true;
      }
    }
  }

  private boolean takes(Command command) {
    return !dialogue.announcing()
        && !dialogue.full()
        && (!dialogue.waiting() || command.is("ABOR"));
  }

  private void on(ControlEvent event) {
    transcript.add("  " + shown(event));
    List<ControlEffect> effects;
    try {
      effects = dialogue.on(event);
    } catch (RuntimeException e) {
      throw new AssertionError(failure("the core throws " + e), e);
    }
    for (ControlEffect effect : effects) {
      if (!over) {
        Transcript.of(List.of(effect)).forEach(line -> transcript.add("    " + shown(line)));
        carryOut(effect);
      }
    }
  }

  private void carryOut(ControlEffect effect) {
    if (effect instanceof ControlEffect.ToServer toServer) {
      String line = new String(toServer.bytes(), ISO_8859_1).stripTrailing();
      received.add(line);
      aborted |= line.equals("ABOR");
      if (opening > 0 && new ModelCommand(line, null).transfer()) {
        activeUploads.put(line, opening);
      }
    } else if (effect instanceof ControlEffect.ToClient toClient) {
      observe(toClient.bytes());
      client.reads(toClient.bytes());
    } else if (effect instanceof ControlEffect.Announce
        || effect instanceof ControlEffect.Active
        || effect instanceof ControlEffect.OpenData
        || effect instanceof ControlEffect.AwaitRest) {
      asked.add(effect);
    } else if (effect instanceof ControlEffect.OutOfStep) {
      over = true;
    }
  }

  // What the client may conclude

  /** Whoever reads along finds the same replies as all others, and no announcement but ours. */
  private void observe(byte[] bytes) {
    Set<List<Integer>> read = new HashSet<>();
    for (ModelReader observer : observers) {
      List<ReadReply> replies = observer.feed(bytes);
      read.add(replies.stream().map(ReadReply::code).toList());
      for (ReadReply reply : replies) {
        if (reply.code() >= 227 && reply.code() <= 229) {
          observer.passive(reply, false).ifPresent(at -> requestOf(observer, reply, at));
          observer.passive(reply, true).ifPresent(at -> requestOf(observer, reply, at));
        }
      }
    }
    if (read.size() > 1) {
      throw new AssertionError(
          failure(shown(new String(bytes, ISO_8859_1)) + " is read as one of " + read));
    }
  }

  private int requestOf(ModelReader who, ReadReply reply, ReadAddress read) {
    Integer request = told.get(read.port());
    boolean ours =
        request != null
            && read.host().map(host -> host.equals(address(request).getHostAddress())).orElse(true);
    if (!ours) {
      throw new AssertionError(failure(who + " would connect to " + read + " after " + reply));
    }
    return request;
  }

  @Override
  public void answered(ModelCommand command, ReadReply reply) {
    count(reply);
    transcript.add("      " + command + " = " + reply.code());
    if (command.asksForPort()) {
      Optional<ReadAddress> read = client.reader().passive(reply, command.verb.equals("EPSV"));
      if (read.isPresent()) {
        command.announced = requestOf(client.reader(), reply, read.get());
        data.putIfAbsent(command.announced, Data.AWAITED);
      }
    }
    if (server != null) {
      itsOwn(command, reply);
    }
    if (command.upload() && reply.done()) {
      int request = requestOf(command);
      Data state = data.get(request);
      boolean whole = (state == Data.SENT || state == Data.ENDED) && !spent.contains(request);
      if (!whole) {
        throw new AssertionError(
            failure(command + " was answered " + reply.code() + ", but its data: " + state));
      }
      spent.add(request);
    }
  }

  /** Whose data an upload had; 0: nobody's. */
  int requestOf(ModelCommand upload) {
    ModelCommand passive = upload.passive;
    return activeUploads.getOrDefault(upload.line, passive == null ? 0 : passive.announced);
  }

  /** Whose data a transfer of active mode has; 0: it is none. */
  int activeRequest(String line) {
    return activeUploads.getOrDefault(line, 0);
  }

  @Override
  public void unasked(ReadReply reply) {
    count(reply);
  }

  private void count(ReadReply reply) {
    if (!reply.preliminary()) {
      finalReplies++;
    }
    if (finalReplies > client.all().size()) {
      throw new AssertionError(failure("a reply to nothing: " + reply));
    }
  }

  @Override
  public void quits(ReadReply reply) {
    over = true;
  }

  // Messages

  String failure(String what) {
    return what + "\n" + String.join("\n", transcript);
  }

  private static String shown(ControlEvent event) {
    if (event instanceof ControlEvent.Sent sent) {
      return "Sent " + sent.command() + (sent.followed() ? " (followed)" : "");
    } else if (event instanceof ControlEvent.Replied replied) {
      return "Replied " + replied.line();
    }
    return event.toString();
  }

  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      shown.append(
          switch (c) {
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            default -> c < ' ' || c > '~' ? "\\u%02x".formatted((int) c) : String.valueOf(c);
          });
    }
    return shown.toString();
  }
}
