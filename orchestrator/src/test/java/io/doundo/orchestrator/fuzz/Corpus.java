package io.doundo.orchestrator.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Real documents of every kind. */
public final class Corpus {

  private static final Path EXAMPLES = Path.of("..", "registration-examples");

  private Corpus() {}

  public static List<byte[]> registrations() {
    return files("-registration.yaml", "-registration.json", "-registrations.yaml");
  }

  public static List<byte[]> starts() {
    List<byte[]> starts = new ArrayList<>(files("-event.json"));
    starts.add(bytes("{\"orchName\":\"order\",\"payload\":{\"a\":[1,2.5,null]},\"flowId\":\"f\"}"));
    starts.add(bytes("{\"orchestrationName\":\"order\",\"payload\":\"text\"}"));
    return starts;
  }

  public static List<byte[]> answers() {
    return List.of(
        bytes(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"one\",\"action\":\"DO\",\"status\":true,"
                + "\"attempt\":1},\"payload\":{\"id\":\"r-1\",\"n\":[1,{\"x\":null}]}}"),
        bytes(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"two\",\"action\":\"FAIL_STEP\","
                + "\"status\":false,\"errorMessage\":\"card declined\"}}"),
        bytes(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"one\",\"action\":\"UNDO\","
                + "\"status\":\"true\",\"orchestrationName\":\"order\",\"seq\":1,"
                + "\"eventType\":\"undoone\",\"timestamp\":\"2026-11-20T10:00:00Z\"}}"));
  }

  public static List<byte[]> controls() {
    return List.of(
        bytes(
            "{\"controlId\":\"c-1\",\"flowId\":\"f\",\"action\":\"RETRY\",\"stepName\":\"one\","
                + "\"payload\":{\"a\":1},\"reason\":\"why\",\"requestedBy\":\"ada\"}"),
        bytes("{\"flowId\":\"f\",\"action\":\"CANCEL\"}"),
        bytes(
            "{\"headers\":{},\"payload\":{\"flowId\":\"f\",\"action\":\"RESOLVE\",\"stepName\":"
                + "\"one\",\"payload\":{\"outcome\":\"DONE\",\"result\":{\"id\":1}}}}"));
  }

  public static List<byte[]> commands() {
    return List.of(
        new CommandEnvelope("f", "order", "one", CommandAction.DO, 1, 1, 1_795_000_000_000L)
            .encode(RawJson.trusted(bytes("{\"a\":{\"b\":[1,2,3]}}"))),
        new CommandEnvelope("f", "order", "one", CommandAction.UNDO, 1, 3, 1_795_000_000_000L)
            .encode(RawJson.EMPTY_OBJECT));
  }

  private static List<byte[]> files(String... endings) {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      List<byte[]> read = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        for (String ending : endings) {
          if (file.toString().endsWith(ending)) {
            read.add(Files.readAllBytes(file));
          }
        }
      }
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
