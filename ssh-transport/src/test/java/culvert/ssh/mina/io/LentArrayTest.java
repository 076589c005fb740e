package culvert.ssh.mina.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LentArrayTest {
  private final LentArray arrays = new LentArray();

  @Test
  void whatWasGivenBackIsLentAgain() {
    byte[] first = arrays.borrow(1000);
    assertThat(first).hasSize(1000);
    arrays.giveBack(first);
    assertThat(arrays.borrow(900)).isSameAs(first);
  }

  @Test
  void whatWasNotGivenBackBelongsToItsBorrower() {
    byte[] first = arrays.borrow(1000);
    byte[] second = arrays.borrow(1000);
    assertThat(second).isNotSameAs(first);
    arrays.giveBack(first); // too late
    assertThat(arrays.borrow(1000)).isNotSameAs(first).isNotSameAs(second);
  }

  @Test
  void nothingIsLentTwiceAtATime() {
    byte[] first = arrays.borrow(1000);
    arrays.giveBack(first);
    arrays.giveBack(first);
    assertThat(arrays.borrow(1000)).isSameAs(first);
    assertThat(arrays.borrow(1000)).isNotSameAs(first);
  }

  @Test
  void whatComesFromElsewhereIsNotKept() {
    byte[] foreign = new byte[1000];
    arrays.giveBack(foreign);
    assertThat(arrays.borrow(1000)).isNotSameAs(foreign);
  }

  @Test
  void oneThatIsTooShortIsReplaced() {
    arrays.giveBack(arrays.borrow(1000));
    byte[] longer = arrays.borrow(2000);
    assertThat(longer).hasSize(2000);
    arrays.giveBack(longer);
    assertThat(arrays.borrow(1000)).isSameAs(longer);
  }

  @Test
  void veryLongOnesAreNotKept() {
    byte[] large = arrays.borrow(1 << 20);
    arrays.giveBack(large);
    assertThat(arrays.borrow(1000)).isNotSameAs(large);
  }
}
