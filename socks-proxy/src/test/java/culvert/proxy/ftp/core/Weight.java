package culvert.proxy.ftp.core;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How much an object of ours holds: one for each object, and the bytes. */
final class Weight {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Weight() {}

  static long of(Object object) {
    return new Weight().weigh(object);
  }

  private long weigh(Object object) {
    if (object == null || !seen.add(object)) {
      return 0;
    } else if (object instanceof byte[] bytes) {
      return bytes.length;
    } else if (object instanceof Collection<?> elements) {
      return elements.stream().mapToLong(this::weigh).sum() + elements.size();
    } else if (object instanceof Map<?, ?> map) {
      return weigh(map.values()) + map.size();
    } else if (object instanceof Optional<?> optional) {
      return optional.map(this::weigh).orElse(0L);
    }
    boolean ours = object.getClass().getName().startsWith("culvert.");
    return ours && !object.getClass().isEnum() ? 1 + fields(object, object.getClass()) : 0;
  }

  private long fields(Object object, Class<?> type) {
    long sum = 0;
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        try {
          field.setAccessible(true);
          sum += weigh(field.get(object));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return sum;
  }
}
