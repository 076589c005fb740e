package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A {@link LoginCapture} with what its client has sent ahead, as a session has it. */
final class Captured {
  private final LoginCapture login;
  private final Queue<LoginEvent.Sent> waiting = new ArrayDeque<>();

  Captured(LoginCapture login) {
    this.login = login;
  }

  LoginState state() {
    return login.state();
  }

  List<String> on(LoginEvent... events) {
    List<String> transcript = new ArrayList<>();
    for (LoginEvent event : events) {
      transcript.addAll(Transcript.of(effects(event)));
    }
    return transcript;
  }

  List<LoginEffect> effects(LoginEvent event) {
    List<LoginEffect> effects = new ArrayList<>();
    if (event instanceof LoginEvent.Sent sent) {
      waiting.add(sent);
    } else {
      effects.addAll(login.on(event));
    }
    while (login.takesCommands() && !waiting.isEmpty()) {
      effects.addAll(login.on(waiting.remove()));
    }
    return effects;
  }
}
