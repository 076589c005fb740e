package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class UserSharesTest {
  private static final long LATE = 100_000;

  private final UserShares shares = new UserShares();

  @AfterEach
  void close() {
    shares.close();
  }

  /** As many users as there may be, each with one connection. */
  private List<UserShares.Place> full() {
    List<UserShares.Place> places = new ArrayList<>();
    for (long uid = 0; uid < UserShares.MOST_USERS; uid++) {
      places.add(shares.tryEnter(uid).orElseThrow());
    }
    return places;
  }

  @Test
  void whoHasGoneMakesRoomForAnotherUser() {
    List<UserShares.Place> places = full();
    assertThat(shares.tryEnter(LATE)).isEmpty();

    places.get(7).leave();

    assertThat(shares.tryEnter(LATE)).isPresent();
    assertThat(shares.tryEnter(7)).as("its room is taken").isEmpty();
    places.get(8).leave();
    assertThat(shares.tryEnter(7)).isPresent();
  }

  @Test
  void whoHasAnythingLeftOnItsLoopKeepsIt() {
    List<UserShares.Place> places = full();
    Channel left = new EpollDatagramChannel();
    places.get(7).loop().register(left).syncUninterruptibly();
    places.get(7).leave();

    assertThat(shares.tryEnter(LATE)).isEmpty();

    left.close().syncUninterruptibly();
    left.deregister().awaitUninterruptibly();
    assertThat(shares.tryEnter(LATE)).isPresent();
  }

  @Test
  void aUsersCommandsLeaveRoomForWhatTheyAreAskedToBring() {
    List<UserShares.Place> places = new ArrayList<>();
    for (int i = 0; i < UserShares.MOST_COMMANDS_OF_ONE; i++) {
      UserShares.Place place = shares.tryEnter(0).orElseThrow();
      assertThat(place.tryBeCommand()).isTrue();
      places.add(place);
    }

    UserShares.Place more = shares.tryEnter(0).orElseThrow();
    assertThat(more.tryBeCommand()).isFalse();
    more.leave();

    places.get(0).leave();
    assertThat(shares.tryEnter(0).orElseThrow().tryBeCommand()).isTrue();
  }

  @Test
  void aUsersConnectionsAreBounded() {
    for (int i = 0; i < UserShares.MOST_CONNECTIONS_OF_ONE; i++) {
      assertThat(shares.tryEnter(0)).isPresent();
    }

    assertThat(shares.tryEnter(0)).isEmpty();
    assertThat(shares.tryEnter(1)).as("another user").isPresent();
  }
}
