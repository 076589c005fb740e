package culvert.ssh.mina.hostkey;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much memory an object of ours holds, counted and not measured: at least what every JVM takes
 * for it.
 */
final class Retained {
  private static final int HEADER = 16;
  private static final int REFERENCE = 4;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> toSee = new ArrayDeque<>();
  private long octets;

  private Retained() {}

  /** Of what can be reached from there. */
  static long octets(Object root) throws IllegalAccessException {
    Retained retained = new Retained();
    retained.reach(root);
    while (!retained.toSee.isEmpty()) {
      retained.see(retained.toSee.remove());
    }
    return retained.octets;
  }

  private void reach(Object object) {
    if (object != null && seen.add(object)) {
      toSee.add(object);
    }
  }

  private void see(Object object) throws IllegalAccessException {
    octets += HEADER;
    if (object.getClass().isArray()) {
      seeArray(object);
    } else if (object instanceof String text) {
      octets += HEADER + text.length();
    } else if (object instanceof Collection<?> all) {
      octets += (long) REFERENCE * all.size();
      all.forEach(this::reach);
    } else if (object instanceof Map<?, ?> map) {
      octets += (long) (HEADER + 3 * REFERENCE) * map.size();
      map.keySet().forEach(this::reach);
      map.values().forEach(this::reach);
    } else if (object instanceof Optional<?> optional) {
      reach(optional.orElse(null));
    } else if (object.getClass().getName().startsWith("culvert.")) {
      seeFields(object, object.getClass());
    } else if (!(object instanceof Path)) {
      throw new IllegalStateException(object.getClass() + " (expected: one that is counted here)");
    }
  }

  private void seeArray(Object array) {
    int length = Array.getLength(array);
    Class<?> type = array.getClass().getComponentType();
    octets += (long) length * size(type);
    for (int i = 0; i < length && !type.isPrimitive(); i++) {
      reach(Array.get(array, i));
    }
  }

  private void seeFields(Object object, Class<?> type) throws IllegalAccessException {
    if (type == Object.class) {
      return;
    }
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        octets += size(field.getType());
        if (!field.getType().isPrimitive()) {
          field.setAccessible(true);
          reach(field.get(object));
        }
      }
    }
    seeFields(object, type.getSuperclass());
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return Long.BYTES;
    }
    if (type == byte.class || type == boolean.class) {
      return Byte.BYTES;
    }
    return type == short.class || type == char.class ? Short.BYTES : REFERENCE;
  }
}
