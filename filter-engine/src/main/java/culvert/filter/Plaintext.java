package culvert.filter;

import culvert.config.Action;
import culvert.config.Fallback;
import culvert.config.Rule;

/**
 * When an action sends in plaintext, to compare one with another.
 *
 * @param always without trying anything else
 * @param fallback what else makes it do so
 */
record Plaintext(boolean always, Fallback fallback) {

  static Plaintext of(Rule rule) {
    return new Plaintext(
        rule.action() == Action.DIRECT,
        rule.action() == Action.BLOCK ? Fallback.NONE : rule.fallback());
  }

  static Plaintext of(Route route) {
    if (route instanceof Route.Tunnel tunnel) {
      return new Plaintext(false, tunnel.fallback());
    }
    return route instanceof Route.FtpTunnel tunnel
        ? new Plaintext(false, tunnel.fallback())
        : new Plaintext(route instanceof Route.Direct, Fallback.NONE);
  }

  boolean isNever() {
    return !always && fallback.reasons().isEmpty();
  }

  /** Whether all that goes in plaintext by the other may by this one. */
  boolean includes(Plaintext other) {
    return always || (!other.always && fallback.reasons().containsAll(other.fallback.reasons()));
  }
}
