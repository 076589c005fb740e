package culvert.config;

import java.util.EnumSet;
import java.util.Set;

/**
 * When a tunnel that cannot be made gives way to plaintext.
 *
 * @param reasons the failures that do; empty is {@code fallback: none}
 */
public record Fallback(Set<FallbackReason> reasons) {
  public static final Fallback NONE = new Fallback(Set.of());
  public static final Fallback PLAIN = new Fallback(EnumSet.allOf(FallbackReason.class));

  public Fallback {
    reasons = Set.copyOf(reasons);
  }

  public boolean allows(FallbackReason reason) {
    return reasons.contains(reason);
  }
}
