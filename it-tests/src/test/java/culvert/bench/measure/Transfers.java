package culvert.bench.measure;

import culvert.bench.rig.FtpSite;
import culvert.bench.rig.ProxyUnderTest;
import culvert.it.peers.CurlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Has clients transfer files through a proxy, all at once. */
final class Transfers {
  private final FtpSite site;

  Transfers(FtpSite site) {
    this.site = site;
  }

  Rate run(ProxyUnderTest proxy, Direction direction, int streams, int bytesOfEach)
      throws Exception {
    Path file = site.file(bytesOfEach);
    CurlClient curl = site.through(proxy);
    Duration before = proxy.cpu();
    List<Transfer> done =
        AtOnce.run(
            streams,
            i ->
                () ->
                    direction == Direction.DOWNLOAD
                        ? Transfer.download(curl, url(file), bytesOfEach)
                        : Transfer.upload(curl, file.toString(), site.url(name(i)), bytesOfEach));
    Duration cpu = proxy.cpu().minus(before);
    if (direction == Direction.UPLOAD) {
      takeUploaded(streams, bytesOfEach);
    }
    return Rate.of(done, cpu);
  }

  private String url(Path file) {
    return site.url(file.getFileName().toString());
  }

  private static String name(int stream) {
    return "up-" + stream;
  }

  private void takeUploaded(int streams, int bytesOfEach) throws IOException {
    for (int i = 0; i < streams; i++) {
      long bytes = site.takeUploaded(name(i));
      if (bytes != bytesOfEach) {
        throw new IOException("uploaded: " + bytes + " bytes (expected: " + bytesOfEach + ")");
      }
    }
  }
}
