package io.doundo.launcher.cli.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.ProgressBar;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;

/**
 * Starts one flow for each line of a file, in order. How far it came stands in a file beside it, so
 * that an interrupted run goes on there. The line that was under way is sent once more: its flow
 * has the same id, made of the run and the line, and so is started once. Used once, by one thread.
 */
final class FileReplay {

  /** The answers that say something about one start: bad, unknown, taken, too large, unfit. */
  private static final Set<Integer> REFUSALS = Set.of(400, 404, 409, 413, 422);

  private static final String EXECUTE = "/api/orchestrations/execute";

  private final ServiceClient client;
  private final Path starts;
  private final Path progress;
  private final Path refused;
  private final boolean sameIds;
  private final int perSecond;
  private final OutputOptions output;
  private String run = "";
  private String what = "";
  private long done;
  private long refusals;

  FileReplay(
      ServiceClient client, Path starts, boolean sameIds, int perSecond, OutputOptions output) {
    this.client = client;
    this.starts = starts;
    this.progress = starts.resolveSibling(starts.getFileName() + ".replayed");
    this.refused = starts.resolveSibling(starts.getFileName() + ".refused");
    this.sameIds = sameIds;
    this.perSecond = perSecond;
    this.output = output;
  }

  int run() throws IOException, InterruptedException {
    long lines = readThrough();
    begin();
    ProgressBar bar = new ProgressBar(output.err(), output.terminal(), lines);
    long first = done;
    long begin = System.nanoTime();
    try (BufferedReader reader = Files.newBufferedReader(starts)) {
      for (long i = 0; i < first; i++) {
        String unused = reader.readLine();
      }
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        keepTo(begin, done - first);
        if (!line.isBlank()) {
          start(line);
        }
        done++;
        save();
        bar.show(done);
      }
    } finally {
      bar.end();
    }
    output.line(
        "%s replayed, %s refused."
            .formatted(ListText.count((int) (done - refusals), "line"), refusals));
    if (refusals > 0) {
      output.note("The refused lines with their reasons are in " + refused);
    }
    return refusals > 0 ? ExitCodes.REFUSED : ExitCodes.OK;
  }

  /** Counts the lines, and takes the file's fingerprint. */
  private long readThrough() throws IOException {
    CRC32 sum = new CRC32();
    try (Stream<String> lines = Files.lines(starts)) {
      long count = 0;
      for (String line : (Iterable<String>) lines::iterator) {
        sum.update(line.getBytes(UTF_8));
        sum.update('\n');
        count++;
      }
      what = (sameIds ? "same-ids-" : "new-ids-") + Long.toHexString(sum.getValue());
      return count;
    } catch (NoSuchFileException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, "Cannot read " + starts + ": there is no such file", null, e);
    }
  }

  /** Takes up an interrupted run, or begins a new one. */
  private void begin() throws IOException {
    if (!Files.exists(progress)) {
      run = UUID.randomUUID().toString();
      save();
      return;
    }
    String[] state = Files.readString(progress).strip().split(" ", -1);
    if (state.length != 4 || !state[1].matches("\\d{1,12}") || !state[2].matches("\\d{1,12}")) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s does not say how far an earlier replay got. Delete it to start over."
              .formatted(progress));
    }
    if (!state[3].equals(what)) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s belongs to other content of %s, or to a run %s --same-ids. Delete it to start over."
              .formatted(progress, starts, sameIds ? "without" : "with"));
    }
    run = state[0];
    done = Long.parseLong(state[1]);
    refusals = Long.parseLong(state[2]);
    output.note(
        "Continuing after line %d of %s; delete %s to start over."
            .formatted(done, Terminal.clean(starts.toString()), progress));
  }

  private void save() throws IOException {
    Path fresh = progress.resolveSibling(progress.getFileName() + ".new");
    Files.writeString(
        fresh, run + ' ' + done + ' ' + refusals + ' ' + what + System.lineSeparator());
    Files.move(
        fresh, progress, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Waits until the next start is due. */
  private void keepTo(long begin, long sent) throws InterruptedException {
    long due = begin + sent * TimeUnit.SECONDS.toNanos(1) / perSecond;
    long early = due - System.nanoTime();
    if (early > 0) {
      TimeUnit.NANOSECONDS.sleep(early);
    }
  }

  private void start(String line) throws IOException {
    try {
      Map<String, RawJson> fields = new LinkedHashMap<>(Json.fields(line.getBytes(UTF_8)));
      Map<String, RawJson> start = new LinkedHashMap<>();
      require(fields, "orchestrationName");
      start.put("orchestrationName", fields.get("orchestrationName"));
      if (sameIds) {
        require(fields, "flowId");
        start.put("flowId", fields.get("flowId"));
      } else {
        start.put("flowId", Json.string(run + '-' + (done + 1)));
      }
      start.put("payload", fields.getOrDefault("payload", RawJson.EMPTY_OBJECT));
      client.post(EXECUTE, Json.object(start), Duration.ZERO);
    } catch (MalformedRecordException e) {
      refuse(line, e.reason());
    } catch (CommandFailure e) {
      if (!isAboutTheLine(e)) {
        throw new CommandFailure(
            e.exitCode(),
            "%s Lines replayed before that: %d. Repeat the command to continue."
                .formatted(e.getMessage(), done),
            e.problem(),
            e);
      }
      refuse(line, String.valueOf(e.getMessage()));
    }
  }

  /** Anything else, such as a key that was revoked, would refuse every further line too. */
  private static boolean isAboutTheLine(CommandFailure failure) {
    JsonNode problem = failure.problem();
    return problem != null && REFUSALS.contains(problem.path("status").asInt(0));
  }

  private static void require(Map<String, RawJson> fields, String name)
      throws MalformedRecordException {
    if (!fields.containsKey(name)) {
      throw new MalformedRecordException("the line has no \"" + name + '"');
    }
  }

  private void refuse(String line, String reason) throws IOException {
    refusals++;
    String entry =
        ServiceJson.MAPPER
            .createObjectNode()
            .put("line", done + 1)
            .put("reason", reason)
            .put("start", line)
            .toString();
    Files.writeString(
        refused,
        entry + System.lineSeparator(),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
