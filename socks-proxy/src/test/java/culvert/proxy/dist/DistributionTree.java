package culvert.proxy.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Writes what the packages have beside the jars into the folder that both are made of. */
public final class DistributionTree {
  private final Path share;
  private final String version;
  private final OffsetDateTime time;

  /**
   * A folder that is there.
   *
   * @param version as Maven calls it
   * @param time what files and pages are dated
   */
  public DistributionTree(Path tree, String version, OffsetDateTime time) {
    share = tree.resolve("share");
    this.version = version;
    this.time = time;
  }

  /** A page for each command. */
  public void writeManuals(CommandLine commands, Path schema) throws IOException {
    writeManual(new CommandPage(commands.getCommandSpec()));
    String page = new ConfigurationPage(Files.readString(schema)).render(date(), title());
    write("man/man5/culvert.yaml.5.gz", Gzip.compress(page));
  }

  private void writeManual(CommandPage page) throws IOException {
    byte[] compressed = Gzip.compress(page.render(date(), title()));
    write("man/man1/" + page.name() + ".1.gz", compressed);
    for (CommandLine.Model.CommandSpec subcommand : page.subcommands()) {
      writeManual(new CommandPage(subcommand));
    }
  }

  /**
   * For bash and zsh.
   *
   * @param commands are of no use afterwards
   */
  public void writeCompletions(CommandLine commands) throws IOException {
    write(
        "zsh/vendor-completions/_culvert",
        new ZshCompletion(commands.getCommandSpec()).render().getBytes(StandardCharsets.UTF_8));
    write(
        "bash-completion/completions/culvert",
        BashCompletion.render(commands).getBytes(StandardCharsets.UTF_8));
  }

  /** What people read, and the files that it speaks of. */
  public void writeDocuments(Path project) throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String name : List.of("README.md", "SECURITY.md", "CONTRIBUTING.md")) {
      documents.add(project.resolve(name));
    }
    try (Stream<Path> files = Files.list(project.resolve("docs"))) {
      files.forEach(documents::add);
    }
    for (Path document : documents) {
      String text = Files.readString(document);
      String name = String.valueOf(document.getFileName());
      String shipped = name.endsWith(".md") ? ShippedDocument.of(text) : text;
      write("doc/culvert/" + name, shipped.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Whose the bundled libraries are, and under which licences.
   *
   * @param libraries the folder that is packed; fails if that has others than the bill
   */
  public void writeCopyright(Path template, Path owners, Path bill, Path libraries)
      throws IOException {
    Copyright copyright = new Copyright(Files.readString(bill), properties(owners));
    try (Stream<Path> files = Files.list(libraries)) {
      List<String> packed = files.map(file -> "lib/" + file.getFileName()).sorted().toList();
      if (!packed.equals(copyright.files())) {
        TreeSet<String> both = new TreeSet<>(packed);
        both.addAll(copyright.files());
        both.removeIf(file -> packed.contains(file) && copyright.files().contains(file));
        throw new IllegalStateException(
            "in one of " + libraries + " and " + bill + " only (clean?): " + both);
      }
    }
    write(
        "doc/culvert/copyright",
        copyright.render(Files.readString(template)).getBytes(StandardCharsets.UTF_8));
  }

  /** The project's own one, and what Debian wants to have of the package. */
  public void writeChangelogs(Path changelog, String maintainer) throws IOException {
    write("doc/culvert/changelog.gz", Gzip.compress(Files.readString(changelog)));
    String debian =
        """
        culvert (%s-1) unstable; urgency=medium

          * What is new: /usr/share/doc/culvert/changelog.gz

         -- %s  %s
        """
            .formatted(
                version.replace("-SNAPSHOT", "~snapshot"),
                maintainer,
                DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
                    .format(time.withOffsetSameInstant(ZoneOffset.UTC)));
    write("doc/culvert/changelog.Debian.gz", Gzip.compress(debian));
  }

  private String date() {
    return DateTimeFormatter.ISO_LOCAL_DATE.format(time);
  }

  private String title() {
    return "Culvert " + version;
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = share.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static Map<String, String> properties(Path file) throws IOException {
    Properties properties = new Properties();
    properties.load(Files.newBufferedReader(file));
    Map<String, String> map = new TreeMap<>();
    properties.forEach((key, value) -> map.put(String.valueOf(key), String.valueOf(value)));
    return map;
  }
}
