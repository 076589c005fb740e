package culvert.proxy.door;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.DefaultAttributeMap;

/** Attributes for channels that are mocks. */
public final class MockAttributes {
  private MockAttributes() {}

  public static void giveTo(Channel mock) {
    DefaultAttributeMap attributes = new DefaultAttributeMap();
    when(mock.attr(any()))
        .thenAnswer(call -> attributes.attr((AttributeKey<?>) call.getArgument(0)));
  }
}
