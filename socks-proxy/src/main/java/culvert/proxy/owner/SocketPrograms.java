package culvert.proxy.owner;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.OpenConnections.ClientPrograms;
import culvert.proxy.event.ClientProgram;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The programs of local clients, by their sockets. */
public record SocketPrograms(ClientOwners owners) implements ClientPrograms {

  @Override
  public void program(Arrival client, Consumer<ClientProgram> answer) {
    Future<Set<String>> users = owners.users(client);
    Future<Set<String>> programs = owners.applications(client);
    users.addListener(
        (FutureListener<Set<String>>)
            user ->
                programs.addListener(
                    (FutureListener<Set<String>>)
                        program ->
                            answer.accept(
                                new ClientProgram(user.getNow(), List.copyOf(program.getNow())))));
  }
}
