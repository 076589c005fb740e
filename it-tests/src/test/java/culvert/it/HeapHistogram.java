package culvert.it;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What lives on the heap after a full collection, class by class.
 *
 * @param instances by class name as the JVM prints it
 * @param bytes all together
 */
public record HeapHistogram(Map<String, Long> instances, long bytes) {
  private static final Pattern LINE =
      Pattern.compile("^ *\\d+: +(\\d+) +(\\d+) +(\\S+)", Pattern.MULTILINE);

  public HeapHistogram {
    instances = Map.copyOf(instances);
  }

  /** The names of classes, once each: what is kept of a histogram is no growth to the next one. */
  private static final Map<String, String> NAMES = new ConcurrentHashMap<>();

  /** Collects garbage first. */
  public static HeapHistogram now() {
    LINE.matcher(text()).results().forEach(line -> name(line.group(3)));
    Map<String, Long> instances = new HashMap<>();
    long bytes = 0;
    Matcher line = LINE.matcher(text());
    while (line.find()) {
      bytes += Long.parseLong(line.group(2));
      instances.merge(name(line.group(3)), Long.valueOf(line.group(1)), Long::sum);
    }
    return new HeapHistogram(instances, bytes);
  }

  private static String name(String className) {
    return NAMES.computeIfAbsent(className, name -> name);
  }

  private static String text() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException("no histogram of the heap", e);
    }
  }

  public long of(String className) {
    return instances.getOrDefault(className, 0L);
  }

  /** The classes that have grown by more than so many instances, and by how many. */
  public Map<String, Long> grownSince(HeapHistogram before, long tolerated) {
    Map<String, Long> grown = new HashMap<>();
    instances.forEach(
        (name, count) -> {
          long more = count - before.of(name);
          if (more > tolerated) {
            grown.put(name, more);
          }
        });
    return grown;
  }
}
