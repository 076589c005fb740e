package culvert.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A Culvert's {@code admin}, at 127.0.0.1, as an operator asks it.
 *
 * @param number of the port
 */
public record AdminPort(int number) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One: each keeps a connection of its own open. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + number + path))
            .timeout(PATIENCE)
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** What {@code /metrics} shows now. */
  public Scrape scrape() throws IOException, InterruptedException {
    return new Scrape(get("/metrics").body());
  }

  /** As it stands in a configuration. */
  @Override
  public String toString() {
    return "127.0.0.1:" + number;
  }
}
