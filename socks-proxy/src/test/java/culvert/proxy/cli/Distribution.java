package culvert.proxy.cli;

import culvert.config.read.Environment;
import culvert.proxy.dist.DistributionTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import picocli.CommandLine;

/** What the build of the profile {@code dist} runs, in the module's folder. */
public final class Distribution {
  private Distribution() {}

  /**
   * Writes what is made of the program.
   *
   * @param args the build's folder, the version, the time of all files, the maintainer
   */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0]);
    Path module = target.resolveSibling(".").normalize();
    Path project = module.resolveSibling(".").normalize();
    Path dist = module.resolve("src/dist");
    DistributionTree tree =
        new DistributionTree(target.resolve("dist/tree"), args[1], OffsetDateTime.parse(args[2]));
    tree.writeManuals(commands(), project.resolve("docs/culvert.schema.json"));
    tree.writeCompletions(commands());
    tree.writeDocuments(project);
    tree.writeCopyright(
        dist.resolve("copyright"),
        dist.resolve("owners.properties"),
        target.resolve("culvert-" + args[1] + ".cdx.json"),
        target.resolve("lib"));
    tree.writeChangelogs(project.resolve("CHANGELOG.md"), args[3]);
  }

  /** Those of an installation, which has no demo; nobody runs them. */
  static CommandLine commands() {
    Terminal terminal =
        new Terminal(
            new BufferedReader(new StringReader("")),
            System.out,
            System.err,
            System.err,
            false,
            prompt -> null,
            Environment.ofProcess());
    CommandLine commands = Culvert.commandLine(terminal, Parts.ofProcess());
    commands.getCommandSpec().removeSubcommand("demo");
    return commands;
  }
}
