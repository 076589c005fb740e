package culvert.ssh.mina.auth;

import java.util.List;
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

  private boolean passwordRefused;

  private @Nullable String leftForGood;
  private @Nullable String left;
  private @Nullable String wantsMore;

  /** The one of these that tells most. */
  private volatile @Nullable String unfinished; // written by the session's thread only

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

  /**
   * The server has taken a part of the login and wants more (RFC 4252 section 5.1). From then on
   * nothing but its end in success finishes it: what it refuses now says nothing of what it took.
   *
   * @param methods those that it would go on with, as it may be repeated
   */
  void partialSuccess(List<String> methods) {
    shownAtThisStage = false;
    left = null;
    wantsMore =
        "the server wants more after a partial success: "
            + (methods.isEmpty() ? "none is named" : String.join(",", methods));
    summarise();
  }

  /**
   * We do not go on, although the server asks. Whatever it says of other keys after that is no
   * verdict: with this one it might have let us in.
   */
  void giveUp(String what) {
    left = what;
    summarise();
  }

  /**
   * The same, for what was right but for its state (a signature that is wrong, a password that has
   * expired), or where the server has asked for more than a password. Whatever is refused after
   * that, this login has not been judged.
   */
  void giveUpForGood(String what) {
    leftForGood = what;
    summarise();
  }

  /**
   * The server does not take the password. That is a verdict, whatever was left undone before, but
   * for what was left undone for good, and where it has taken another part of the login: then it is
   * one on the password alone.
   */
  void passwordRefused() {
    passwordRefused = true;
    left = null;
    summarise();
  }

  /** Whatever became of the login: with this password it would come to the same. */
  boolean isPasswordRefused() {
    return passwordRefused;
  }

  private void summarise() {
    if (leftForGood != null) {
      unfinished = leftForGood;
    } else {
      unfinished = left != null ? left : wantsMore;
    }
  }

  /** What we have left undone although the server would have gone on with it. Any thread. */
  Optional<String> unfinished() {
    return Optional.ofNullable(unfinished);
  }
}
