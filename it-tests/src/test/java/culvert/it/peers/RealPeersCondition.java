package culvert.it.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

final class RealPeersCondition implements ExecutionCondition {
  private static final List<Path> PROGRAMS =
      List.of(
          RealSshd.PROGRAM,
          RealVsftpd.PROGRAM,
          RealProftpd.PROGRAM,
          RealPureFtpd.PROGRAM,
          CurlClient.PROGRAM,
          PythonFtp.PROGRAM,
          Promtool.PROGRAM);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> missing = missing();
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("the real peers are installed");
    }
    String reason = missing.get() + " (run it-tests/peers/install.sh as root)";
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("CI=true, but " + reason);
    }
    return ConditionEvaluationResult.disabled(reason);
  }

  private static Optional<String> missing() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("the real servers need root");
    }
    for (Path program : PROGRAMS) {
      if (!Files.isExecutable(program)) {
        return Optional.of("no " + program);
      }
    }
    return Files.isReadable(TestAccount.PASSWORD_FILE)
        ? Optional.empty()
        : Optional.of("no " + TestAccount.PASSWORD_FILE);
  }
}
