package culvert.proxy.owner;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the process that holds a socket. There may be thousands of processes, and a client's socket
 * is always new, so what is remembered is where to look first: at processes that were not there at
 * the last walk, newest first, since most jobs are a process of their own; then at those that were
 * found before; then at the others.
 *
 * <p>Not thread-safe: one scan at a time.
 */
final class Processes {
  private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
  private static final int CLIENTS_REMEMBERED = 64;
  private static final long ROOT = 0;

  private final Path proc;
  private final HeldSockets sockets;
  private final LinkedHashSet<Integer> clients = new LinkedHashSet<>(); // latest last
  private Set<Integer> seen = Set.of();
  private boolean warned;

  /**
   * @param proc {@code /proc}
   */
  Processes(Path proc) {
    this.proc = proc;
    this.sockets = new HeldSockets(proc);
  }

  /** The names of the programs that hold the sockets, as far as they can be found. */
  Map<SocketOwner.Known, Set<String>> find(Set<SocketOwner.Known> searched) {
    Walk walk = new Walk(searched);
    Set<Integer> running = running();
    for (int pid : inOrder(running)) {
      if (walk.isOver()) {
        break;
      }
      walk.lookAt(pid);
    }
    seen = running;
    clients.retainAll(running);
    walk.tellOfDenied();
    return walk.found;
  }

  private List<Integer> inOrder(Set<Integer> running) {
    LinkedHashSet<Integer> order = new LinkedHashSet<>();
    running.stream()
        .filter(pid -> !seen.contains(pid))
        .sorted(Comparator.reverseOrder())
        .forEach(order::add);
    List<Integer> latestLast = new ArrayList<>(clients);
    for (int i = latestLast.size() - 1; i >= 0; i--) {
      order.add(latestLast.get(i));
    }
    running.stream().sorted(Comparator.reverseOrder()).forEach(order::add);
    return List.copyOf(order);
  }

  private Set<Integer> running() {
    String @Nullable [] names = proc.toFile().list();
    Set<Integer> pids = new HashSet<>();
    for (String name : names == null ? new String[0] : names) {
      if (name.matches("[0-9]{1,9}")) {
        pids.add(Integer.parseInt(name));
      }
    }
    return pids;
  }

  private void remember(int pid) {
    clients.remove(pid);
    clients.add(pid);
    if (clients.size() > CLIENTS_REMEMBERED) {
      clients.remove(clients.iterator().next());
    }
  }

  /** One pass over the processes. */
  private final class Walk {
    private final Map<SocketOwner.Known, Set<String>> found = new HashMap<>();
    private final Map<Long, SocketOwner.Known> wanted;
    private final Set<Long> uids;
    private final Set<Long> denied = new HashSet<>();

    Walk(Set<SocketOwner.Known> searched) {
      wanted =
          searched.stream().collect(Collectors.toMap(SocketOwner.Known::inode, socket -> socket));
      uids = searched.stream().map(SocketOwner.Known::uid).collect(Collectors.toSet());
    }

    boolean isOver() {
      return wanted.isEmpty();
    }

    void lookAt(int pid) {
      Path process = proc.resolve(Integer.toString(pid));
      Optional<Long> uid = uid(process);
      // A process that has changed its user without a new program is shown as root's.
      if (uid.isEmpty() || !(uids.contains(uid.get()) || uid.get() == ROOT)) {
        return;
      }
      try {
        for (long inode : sockets.of(process)) {
          SocketOwner.Known socket = wanted.remove(inode);
          if (socket != null) {
            found.put(socket, Program.names(process));
            remember(pid);
          }
        }
      } catch (AccessDeniedException e) {
        denied.add(uid.get());
      } catch (IOException | DirectoryIteratorException e) {
        LOG.trace("process {} has ended", pid, e);
      }
    }

    private Optional<Long> uid(Path process) {
      try {
        return Optional.of(((Integer) Files.getAttribute(process, "unix:uid")) & 0xffff_ffffL);
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    void tellOfDenied() {
      Optional<SocketOwner.Known> hidden =
          wanted.values().stream().filter(socket -> denied.contains(socket.uid())).findFirst();
      if (hidden.isPresent() && !warned) {
        warned = true;
        LOG.info(
            "the programs of user {} may not be looked at: their jobs match no application, and the"
                + " audit trail says unknown (expected: Culvert runs with CAP_SYS_PTRACE on Linux 5.14"
                + " or newer, as root or as that user); said once",
            hidden.get().uid());
      }
    }
  }
}
