package culvert.it.nemesis;

import culvert.it.peers.FaultyRelay.Direction;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.Signals;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the nemesis does to the peers and the network, for a while. */
enum Act {
  CALM {
    @Override
    Undo begin(Site site, Random random) {
      return () -> {};
    }
  },
  KILL_SSH_SESSIONS {
    @Override
    Undo begin(Site site, Random random) {
      site.sshd().killSessions();
      return () -> {};
    }
  },
  KILL_ONE_SSH_PROCESS {
    @Override
    Undo begin(Site site, Random random) {
      killOne(site.sshd().sessionProcesses(), random);
      return () -> {};
    }
  },
  FREEZE_SSH_SESSIONS {
    @Override
    Undo begin(Site site, Random random) {
      return freeze(site.sshd().sessionProcesses());
    }
  },
  FREEZE_SSH_SESSIONS_UNTIL_NOTICED {
    @Override
    Undo begin(Site site, Random random) {
      return freeze(site.sshd().sessionProcesses());
    }

    @Override
    Duration length(Random random) {
      return Site.SILENCE.plusSeconds(1);
    }
  },
  KILL_FTP_SESSION {
    @Override
    Undo begin(Site site, Random random) {
      killOne(server(site, random).sessionProcesses(), random);
      return () -> {};
    }
  },
  FREEZE_FTP_SESSIONS {
    @Override
    Undo begin(Site site, Random random) {
      return freeze(server(site, random).stoppableProcesses());
    }
  },
  RESET_NETWORK {
    @Override
    Undo begin(Site site, Random random) {
      site.network().reset();
      return () -> {};
    }
  },
  CUT_NETWORK_AFTER_SOME_BYTES {
    @Override
    Undo begin(Site site, Random random) {
      site.network().resetAfter(random.nextInt(4 << 20));
      return () -> site.network().resetAfter(Long.MAX_VALUE);
    }
  },
  FREEZE_NETWORK {
    @Override
    Undo begin(Site site, Random random) {
      site.network().freeze();
      return site.network()::thaw;
    }
  },
  FREEZE_NETWORK_ONE_WAY {
    @Override
    Undo begin(Site site, Random random) {
      site.network().freeze(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT);
      return site.network()::thaw;
    }
  },
  SLOW_NETWORK {
    @Override
    Undo begin(Site site, Random random) {
      site.network().delay(Duration.ofMillis(1 + random.nextInt(40)));
      return () -> site.network().delay(Duration.ZERO);
    }
  },
  STARVE_NETWORK {
    @Override
    Undo begin(Site site, Random random) {
      site.network().trickle(Duration.ofMillis(1 + random.nextInt(20)));
      return () -> site.network().trickle(Duration.ZERO);
    }
  },
  /** What cannot be read lets nobody new in, and keeps nobody out who is known. */
  GARBLE_KNOWN_HOSTS {
    @Override
    Undo begin(Site site, Random random) throws Exception {
      byte[] good = Files.readAllBytes(site.knownHosts());
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      Files.write(site.knownHosts(), noise, StandardOpenOption.APPEND);
      return () -> Files.write(site.knownHosts(), good);
    }
  },
  /** They come to every door, and say nothing. */
  CROWD {
    @Override
    Undo begin(Site site, Random random) throws Exception {
      List<Socket> crowd = new ArrayList<>();
      for (int i = 0; i < CROWDED; i++) {
        int port = i % 2 == 0 ? site.admin().number() : site.culvert().port();
        crowd.add(new Socket(InetAddress.getLoopbackAddress(), port));
      }
      return () -> {
        for (Socket one : crowd) {
          one.close();
        }
      };
    }
  },
  RELOAD {
    @Override
    Undo begin(Site site, Random random) throws Exception {
      site.reload(random);
      return () -> {};
    }
  };

  /** More than the admin port keeps of those that say nothing. */
  private static final int CROWDED = 200;

  /** Ends an act. */
  @FunctionalInterface
  interface Undo {
    void run() throws Exception;
  }

  abstract Undo begin(Site site, Random random) throws Exception;

  /** How long it lasts; Culvert must sit out all that is shorter than {@link Site#SILENCE}. */
  Duration length(Random random) {
    return Duration.ofMillis(100 + random.nextInt(1400));
  }

  static Act draw(Random random) {
    Act[] all = values();
    // Things work most of the time, or no job would ever get through.
    return random.nextInt(3) == 0 ? CALM : all[random.nextInt(all.length)];
  }

  private static RealFtpServer server(Site site, Random random) {
    return site.servers().get(random.nextInt(site.servers().size()));
  }

  private static void killOne(List<ProcessHandle> processes, Random random) {
    int number = random.nextInt(1000); // drawn always: the later acts of a seed stay the same
    if (!processes.isEmpty()) {
      Signals.send("KILL", List.of(processes.get(number % processes.size())));
    }
  }

  private static Undo freeze(List<ProcessHandle> processes) {
    Signals.send("STOP", processes);
    return () -> Signals.send("CONT", processes);
  }
}
