package culvert.proxy.handover;

import culvert.proxy.door.CommandNamespace;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command's connection: takes its namespace's sockets over, and closes them when it ends. What
 * has come in by them goes on. Confined to its user's loop: a descriptor that somebody has sent may
 * take as long to close as he likes.
 */
final class Handover extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final HandoverDialogue dialogue = new HandoverDialogue();
  private final long uid;
  private final UserShares.Place place;
  private final Wishes wishes;
  private final Namespaces namespaces;
  private final List<Channel> sockets = new ArrayList<>();
  private Optional<Namespace> namespace = Optional.empty();
  private Optional<Wishes.Waiting> waiting = Optional.empty();
  private @Nullable ScheduledFuture<?> deadline;

  /** Makes what a namespace consists of. */
  @FunctionalInterface
  interface Namespaces {
    Namespace create(long uid, Set<String> programs, Function<String, ChannelFuture> ask);
  }

  /** What a namespace's sockets are connected with. */
  record Namespace(CommandNamespace identity, NameTable names, CommandDoor door) {}

  /**
   * @param uid the other side's, as the kernel says
   * @param place the user's
   * @param wishes for what is connected in there
   */
  Handover(long uid, UserShares.Place place, Wishes wishes, Namespaces namespaces) {
    this.wishes = wishes;
    this.uid = uid;
    this.place = place;
    this.namespaces = namespaces;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(
                () -> refuse(context, "not ready within " + DEADLINE.toSeconds() + " s"),
                DEADLINE.toSeconds(),
                TimeUnit.SECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object read) throws IOException {
    try {
      if (read instanceof FileDescriptor descriptor) {
        take(context, descriptor);
      } else {
        hear(context, dialogue.line((String) read));
      }
    } catch (IllegalArgumentException | IOException e) {
      refuse(context, String.valueOf(e.getMessage()));
    }
  }

  private void hear(ChannelHandlerContext context, Opening opening) {
    if (opening instanceof Hello hello) {
      if (!place.tryBeCommand()) {
        throw new IllegalArgumentException(
            UserShares.MOST_COMMANDS_OF_ONE
                + " commands of this user are running (expected: fewer)");
      }
      Set<String> programs = hello.program().isEmpty() ? Set.of() : Set.of(hello.program());
      namespace = Optional.of(namespaces.create(uid, programs, line -> say(context, line)));
      take(context);
    } else if (opening instanceof Opening.Connected connected) {
      waiting = wishes.take(connected.token(), uid);
      if (waiting.isEmpty()) {
        throw new IllegalArgumentException("a connection that nobody waits for");
      }
      take(context);
    } else if (opening instanceof Opening.NotConnected not) {
      wishes
          .take(not.token(), uid)
          .ifPresent(who -> who.connected().tryFailure(new IOException(not.reason())));
      context.close();
    }
  }

  private static void take(ChannelHandlerContext context) {
    ((EpollDomainSocketChannel) context.channel())
        .config()
        .setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
    PassRights.set(context.channel(), true);
    say(context, HandoverDialogue.SEND);
  }

  private void take(ChannelHandlerContext context, FileDescriptor descriptor) throws IOException {
    Optional<HandoverDialogue.Handed> handed = dialogue.descriptor();
    if (handed.isEmpty()) {
      descriptor.close();
      throw new IOException("a file descriptor that was not asked for");
    }
    if (handed.get() == HandoverDialogue.Handed.CONNECTION) {
      waiting.orElseThrow().take(HandedSockets.connection(descriptor));
      context.close();
      return;
    }
    Namespace own = namespace.orElseThrow();
    ChannelFuture registered =
        handed.get() == HandoverDialogue.Handed.LISTENER
            ? HandedSockets.listen(HandedSockets.listener(descriptor), place.loop(), own.door())
            : HandedSockets.answer(
                HandedSockets.datagrams(descriptor), place.loop(), new NameResponder(own.names()));
    sockets.add(registered.channel());
    if (dialogue.isReady()) {
      registered.addListener(done -> context.executor().execute(() -> ready(context)));
    }
  }

  private void ready(ChannelHandlerContext context) {
    if (!sockets.stream().allMatch(Channel::isActive)) {
      refuse(context, "what was handed over cannot be used");
      return;
    }
    settled();
    LOG.atInfo()
        .addKeyValue(
            "client", NetUtil.toAddressString(namespace.orElseThrow().identity().address()))
        .addKeyValue("uid", uid)
        .addKeyValue("application", namespace.orElseThrow().identity().programs())
        .log("a command has come in");
    say(context, HandoverDialogue.READY);
  }

  private void settled() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static ChannelFuture say(ChannelHandlerContext context, String line) {
    return context.writeAndFlush(line + "\n");
  }

  private void refuse(ChannelHandlerContext context, String why) {
    settled();
    LOG.atInfo().addKeyValue("uid", uid).addKeyValue("reason", why).log("a command was refused");
    context
        .writeAndFlush(HandoverDialogue.REFUSED + why + "\n")
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    settled();
    sockets.forEach(Channel::close);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a handover has failed", cause);
    context.close();
  }
}
