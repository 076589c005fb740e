package culvert.proxy.pin;

import java.util.List;

/** What happens to pins. Called on any thread; must not block. */
public interface PinEvents {

  /** Destinations, or rules, are in the file now, and were not before. */
  void pinned(List<String> pins);

  /** Some could not be written. */
  void notWritten();
}
