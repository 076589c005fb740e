package culvert.proxy.audit;

import culvert.proxy.event.Endpoints;
import culvert.proxy.event.TakenRoute;
import culvert.ssh.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event in a sentence: who, from where, to where, how, why, what, how long, how it ended. */
record EventWords(Map<String, Object> fields) {
  private static final String UNKNOWN = "unknown";
  private static final Map<?, ?> NOTHING = Map.of();

  /** A job's end. */
  String ended() {
    return way() + ": " + rest();
  }

  /** A data connection's end. */
  String transferred() {
    Map<?, ?> ftp = in("ftp");
    String command = (text(ftp, "command") + " " + text(ftp, "path")).strip();
    return way() + ": " + (command.isEmpty() ? "data" : command) + "; " + rest();
  }

  private String rest() {
    return "%s; %s; %s; %s".formatted(route(), moved(), duration(), text("outcome"));
  }

  String fellBack() {
    return "%s: PLAINTEXT (%s): no tunnel: %s; to mend it: %s"
        .formatted(way(), text("why"), detail(), Remedies.ofFallback(text("why")));
  }

  String refused(Remedies remedies) {
    String remedy =
        remedies.ofRefusal(
            text("why"),
            text(in("destination"), "host"),
            destination(),
            text("rule"),
            text("listener"));
    return "%s: REFUSED (%s): %s%s".formatted(way(), text("why"), detail(), remedy);
  }

  int port() {
    return in("destination").get("port") instanceof Integer port ? port : 0;
  }

  boolean has(String field) {
    return fields.containsKey(field);
  }

  String text(String field) {
    return text(fields, field);
  }

  String detail() {
    return Printable.text(text("detail"), 1_000);
  }

  private Map<?, ?> in(String field) {
    return fields.get(field) instanceof Map<?, ?> map ? map : NOTHING;
  }

  private static String text(Map<?, ?> map, String field) {
    @Nullable Object value = map.get(field);
    return value == null ? "" : Printable.text(value.toString());
  }

  private static long number(Map<?, ?> map, String field) {
    return map.get(field) instanceof Number number ? number.longValue() : 0;
  }

  /** {@code batch (curl) 127.0.0.1:40000 -> joe@ftp.example:21}. */
  private String way() {
    Map<?, ?> client = in("client");
    List<String> words = new ArrayList<>();
    String user = known(text(client, "os_user"));
    String program = known(text(client, "program"));
    if (!user.isEmpty()) {
      words.add(user);
    }
    if (!program.isEmpty()) {
      words.add("(" + program + ")");
    }
    words.add(Endpoints.text(text(client, "address"), (int) number(client, "port")));
    String ftpUser = text(in("ftp"), "user");
    words.add("->");
    words.add((ftpUser.isEmpty() ? "" : ftpUser + "@") + destination());
    return String.join(" ", words);
  }

  private static String known(String word) {
    return word.equals(UNKNOWN) ? "" : word;
  }

  private String destination() {
    return Endpoints.text(text(in("destination"), "host"), port());
  }

  private String route() {
    String route = text("route");
    if (route.equals(TakenRoute.SSH.toString())) {
      Map<?, ?> ssh = in("ssh");
      String user = text(ssh, "user");
      return "SSH " + (user.isEmpty() ? "" : user + "@") + text(ssh, "server");
    }
    boolean plaintext = route.equals(TakenRoute.PLAINTEXT.toString());
    return (plaintext ? "PLAINTEXT" : route) + " (" + text("why") + ")";
  }

  private String moved() {
    return moved("up") + ", " + moved("down");
  }

  private String moved(String direction) {
    String bytes = number(in("bytes"), direction) + " bytes " + direction;
    long files = number(in("files"), direction);
    return files == 0 ? bytes : (files == 1 ? "1 file, " : files + " files, ") + bytes;
  }

  private String duration() {
    return String.format(Locale.ROOT, "%.1f s", number(fields, "duration_ms") / 1000.0);
  }
}
