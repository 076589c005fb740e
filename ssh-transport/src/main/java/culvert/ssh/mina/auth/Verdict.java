package culvert.ssh.mina.auth;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What may be said of a login, whatever ends it: whether the server has got anything to judge, and
 * what we have left undone although it would have gone on with it. Confined to the session's
 * thread, but for {@link #unfinished}.
 */
final class Verdict {
  private boolean anythingShown;

  /** Whether the server got anything to judge at this stage, of which it may want several. */
  private boolean shownAtThisStage;

  private volatile @Nullable String unfinished; // written by the session's thread only
  private boolean unfinishedForGood;

  /** The server gets something to judge: a password, or a key that it may trust. */
  void shown() {
    anythingShown = true;
    shownAtThisStage = true;
  }

  boolean anythingShown() {
    return anythingShown;
  }

  boolean anythingShownAtThisStage() {
    return shownAtThisStage;
  }

  /** The server wants more after a partial success. */
  void partialSuccess() {
    shownAtThisStage = false;
    forgetUnfinished();
  }

  /**
   * We do not go on, although the server asks. Whatever it says of other keys after that is no
   * verdict: with this one it might have let us in.
   */
  void giveUp(String what) {
    if (!unfinishedForGood) {
      unfinished = what;
    }
  }

  /**
   * The same, for what was right but for its state: a signature that is wrong, a password that has
   * expired. Whatever is refused after that, this login has not been judged.
   */
  void giveUpForGood(String what) {
    giveUp(what);
    unfinishedForGood = true;
  }

  /**
   * The server does not take the password. That is a verdict, whatever was left undone before, but
   * for what was left undone for good.
   */
  void passwordRefused() {
    forgetUnfinished();
  }

  private void forgetUnfinished() {
    if (!unfinishedForGood) {
      unfinished = null;
    }
  }

  /** What we have left undone although the server would have gone on with it. Any thread. */
  Optional<String> unfinished() {
    return Optional.ofNullable(unfinished);
  }
}
