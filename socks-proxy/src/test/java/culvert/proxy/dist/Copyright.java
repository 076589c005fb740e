package culvert.proxy.dist;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Debian's {@code copyright}, in its machine-readable form: whose each bundled library is, and
 * under which licence, from the bill of materials. A library without a known licence or owner fails
 * the build.
 */
final class Copyright {
  private static final String OURS = "culvert";

  /** The bill's words for licences, and Debian's for what is taken where there is a choice. */
  private static final Map<String, String> LICENCES =
      Map.of(
          "Apache-2.0", "Apache-2.0",
          "MIT", "Expat",
          "Bouncy Castle Licence", "Expat",
          "Go License", "BSD-3-clause-Go",
          "CC0-1.0 or BSD-2-Clause", "CC0-1.0",
          "EPL-2.0 or LGPL-2.1-only", "LGPL-2.1");

  private final Map<?, ?> bill;
  private final Map<String, String> owners;

  /**
   * Reads the bill.
   *
   * @param bill CycloneDX, JSON
   * @param owners by group
   */
  Copyright(String bill, Map<String, String> owners) throws IOException {
    this.bill = JSON.std.mapFrom(bill);
    this.owners = owners;
  }

  /** The libraries' files: all that stand on the class path beside culvert.jar. */
  List<String> files() {
    return components().stream().map(Copyright::file).sorted().toList();
  }

  /**
   * All of it.
   *
   * @param template what is the same for each build: the header, Culvert's own part, the licences
   */
  String render(String template) {
    Map<String, List<String>> files = new TreeMap<>();
    Map<String, String> licences = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    for (Map<?, ?> component : components()) {
      String group = String.valueOf(component.get("group"));
      if (group.equals(OURS)) {
        continue;
      }
      String licence = LICENCES.get(licence(component));
      if (licence == null || !owners.containsKey(group)) {
        unknown.add(file(component) + " of " + group + ": " + licence(component));
        continue;
      }
      String stanza = group + " " + licence;
      licences.put(stanza, licence);
      files.computeIfAbsent(stanza, any -> new ArrayList<>()).add(file(component));
    }
    if (!unknown.isEmpty()) {
      throw new IllegalStateException(
          "bundled libraries without a known licence or owner: " + unknown);
    }
    for (String licence : new TreeSet<>(licences.values())) {
      if (!template.contains("\nLicense: " + licence + "\n ")) {
        throw new IllegalStateException("no text of the licence " + licence);
      }
    }
    String libraries =
        files.entrySet().stream()
            .map(entry -> stanza(entry.getKey(), entry.getValue(), licences.get(entry.getKey())))
            .collect(Collectors.joining("\n"));
    return template.replace("@libraries@\n", libraries);
  }

  private String stanza(String groupAndLicence, List<String> files, String licence) {
    String group = groupAndLicence.substring(0, groupAndLicence.indexOf(' '));
    return "Files: %s\nCopyright: %s\nLicense: %s\n"
        .formatted(
            files.stream().sorted().collect(Collectors.joining("\n ")), owners.get(group), licence);
  }

  @SuppressWarnings("unchecked")
  private List<Map<?, ?>> components() {
    return (List<Map<?, ?>>) bill.get("components");
  }

  private static String file(Map<?, ?> component) {
    String purl = String.valueOf(component.get("purl"));
    String classifier =
        purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]*).*", "$1") : "";
    return "lib/" + component.get("name") + "-" + component.get("version") + classifier + ".jar";
  }

  private static String licence(Map<?, ?> component) {
    if (!(component.get("licenses") instanceof List<?> choices)) {
      return "none";
    }
    return choices.stream()
        .map(choice -> (Map<?, ?>) ((Map<?, ?>) choice).get("license"))
        .map(licence -> String.valueOf(licence.get(licence.get("id") == null ? "name" : "id")))
        .collect(Collectors.joining(" or "));
  }
}
