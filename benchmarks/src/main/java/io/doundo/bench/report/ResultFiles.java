package io.doundo.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ObjectNode;

/** The directory of results: a JSON file for each run that was kept, and one page of all. */
public final class ResultFiles {

  private static final String SUFFIX = ".json";

  private final Path directory;

  public ResultFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes the JSON of a run and makes the page anew.
   *
   * @param report with {@code targets}, by which runs are known
   */
  public void write(String name, ObjectNode report) throws IOException {
    Files.createDirectories(directory);
    String json =
        Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    Files.writeString(directory.resolve(name + SUFFIX), json + "\n", UTF_8);
    Files.writeString(directory.resolve("index.html"), ResultPage.of(read()), UTF_8);
  }

  /** All runs by their names. */
  private Map<String, JsonNode> read() throws IOException {
    Map<String, JsonNode> runs = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
    for (Path file : files) {
      String fileName = file.getFileName().toString();
      JsonNode run = Json.MAPPER.readTree(Files.readAllBytes(file));
      if (run.has("targets")) {
        runs.put(fileName.substring(0, fileName.length() - SUFFIX.length()), run);
      }
    }
    return runs;
  }
}
