package io.doundo.launcher.cli.deadletter;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo dead-letters export}. */
@Command(
    name = "export",
    description =
        "Write dead letters with their whole values as JSON, one a line, before they expire or for a"
            + " closer look.",
    mixinStandardHelpOptions = true)
final class DeadLetterExportCommand implements Callable<Integer> {

  private static final String LIMIT = "100";

  @Option(
      names = "--to-file",
      paramLabel = "FILE",
      description = "A new file to write to (default: standard output).")
  private @Nullable Path file;

  @Mixin private DeadLettersCommand.Filter filter;
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      int written = write(output::json);
      output.note(ListText.count(written, "dead letter") + " written.");
      return ExitCodes.OK;
    }
    if (Files.exists(file)) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--to-file %s exists already, and nothing is overwritten: name another file."
              .formatted(file));
    }
    int written;
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      written = write(letter -> append(out, letter));
    }
    output.line(
        "%s written to %s."
            .formatted(ListText.count(written, "dead letter"), Terminal.clean(file.toString())));
    return ExitCodes.OK;
  }

  /** Takes one dead letter. */
  private interface Writer {
    void write(JsonNode letter) throws IOException;
  }

  private static void append(OutputStream out, JsonNode letter) throws IOException {
    out.write(ServiceJson.MAPPER.writeValueAsBytes(letter));
    out.write("\n".getBytes(StandardCharsets.US_ASCII));
  }

  private int write(Writer writer) throws IOException {
    ServiceClient client = options.client();
    Map<String, String> query = new LinkedHashMap<>(filter.query());
    query.put("limit", LIMIT);
    int written = 0;
    String cursor = "";
    do {
      query.put("cursor", cursor);
      JsonNode page = client.get(DeadLettersCommand.PATH + ServiceClient.query(query));
      if (!page.path("complete").asBoolean(true)) {
        throw new CommandFailure(
            ExitCodes.NOT_YET,
            "Reading the dead letters timed out after %d of them, so the export is incomplete: try again, or export less with --from, --topic or --reason."
                .formatted(written));
      }
      for (JsonNode letter : page.path("deadLetters")) {
        writer.write(whole(client, letter));
        written++;
      }
      cursor = page.path("nextCursor").asString("");
    } while (!cursor.isEmpty());
    return written;
  }

  /** A list cuts long values; a truncated one is fetched alone. */
  private static JsonNode whole(ServiceClient client, JsonNode letter) {
    return letter.path("truncated").asBoolean(false) || isBinary(letter)
        ? client.get(
            DeadLettersCommand.PATH + '/' + ServiceClient.segment(letter.path("id").asString("")))
        : letter;
  }

  private static boolean isBinary(JsonNode letter) {
    return letter.path("value").asString("").indexOf('\uFFFD') >= 0;
  }
}
