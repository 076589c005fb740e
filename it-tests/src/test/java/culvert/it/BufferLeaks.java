package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Collects what Netty's leak detector finds in this process. */
final class BufferLeaks {
  private static final int COLLECTIONS = 3;
  private static final BlockingQueue<String> FOUND = new LinkedBlockingQueue<>();

  private BufferLeaks() {}

  /** From now on; must come before Netty allocates its first buffer. */
  static void watch() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
  }

  static void assertNone() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(16); // reports what was collected
      buffer.release();
    }
    List<String> found = new ArrayList<>();
    FOUND.drainTo(found); // each is one test's fault
    assertThat(found).as("buffers that were never released").isEmpty();
  }

  private static final class RecordingFactory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // the only abstract method
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new RecordingDetector<>(resource, samplingInterval);
    }
  }

  private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {
    RecordingDetector(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      FOUND.add(resourceType + records);
      super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      FOUND.add(resourceType);
      super.reportUntracedLeak(resourceType);
    }
  }
}
