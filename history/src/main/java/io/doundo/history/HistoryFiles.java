package io.doundo.history;

import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * A history as files in a directory: JSON lines, one file for each kind of record, so that a run is
 * stored and can be checked again.
 */
public final class HistoryFiles {

  private static final JsonMapper MAPPER =
      Json.MAPPER
          .rebuild()
          .addModule(
              new SimpleModule()
                  .addSerializer(RawJson.class, new RawWriter())
                  .addDeserializer(RawJson.class, new RawReader())
                  .addSerializer(FlowEvent.class, new EventWriter())
                  .addDeserializer(FlowEvent.class, new EventReader()))
          .build();

  /** The data of a history beside its records. */
  private record RunSummary(Map<String, Long> consumed, History.Quiet quiet) {}

  private HistoryFiles() {}

  /** Writes all files; those of an earlier history are overwritten. */
  public static void write(Path directory, History history) throws IOException {
    Files.createDirectories(directory);
    List<RawJson> definitions = new ArrayList<>();
    for (Orchestration definition : history.definitions().values()) {
      definitions.add(RawJson.trusted(DefinitionCodec.encode(definition)));
    }
    lines(directory, "definitions", definitions);
    lines(directory, "starts", history.starts());
    lines(directory, "commands", history.sent());
    lines(directory, "answers", history.answers());
    lines(directory, "controls", history.controls());
    lines(directory, "turns", history.turns());
    lines(directory, "transitions", history.transitions());
    lines(directory, "dead-letters", history.deadLetters());
    lines(directory, "unreadable", history.unreadable());
    lines(directory, "ledger", history.ledger());
    lines(directory, "services", history.services());
    lines(directory, "windows", history.windows());
    lines(directory, "ending", List.of(new RunSummary(history.consumed(), history.quiet())));
  }

  /** Reads what {@link #write} wrote. */
  public static History read(Path directory) throws IOException {
    Map<String, Orchestration> definitions = new LinkedHashMap<>();
    for (RawJson line : lines(directory, "definitions", RawJson.class)) {
      try {
        Orchestration definition = DefinitionCodec.decode(line.bytes());
        definitions.put(definition.id().header(), definition);
      } catch (MalformedRecordException e) {
        throw new IOException("a definition cannot be read", e);
      }
    }
    List<RunSummary> ending = lines(directory, "ending", RunSummary.class);
    if (ending.size() != 1) {
      throw new IOException(directory + " has no ending: its history is incomplete");
    }
    return new History(
        definitions,
        lines(directory, "starts", RecordedStart.class),
        lines(directory, "commands", RecordedCommand.class),
        lines(directory, "answers", RecordedAnswer.class),
        lines(directory, "controls", RecordedControl.class),
        lines(directory, "turns", RecordedTurn.class),
        lines(directory, "transitions", Transition.class),
        lines(directory, "dead-letters", RecordedDeadLetter.class),
        lines(directory, "unreadable", UnreadableRecord.class),
        lines(directory, "ledger", LedgerLine.class),
        lines(directory, "services", StepWorker.class),
        lines(directory, "windows", FaultWindow.class),
        ending.get(0).consumed(),
        ending.get(0).quiet());
  }

  private static Path file(Path directory, String kind) {
    return directory.resolve(kind + ".jsonl");
  }

  private static void lines(Path directory, String kind, List<?> records) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file(directory, kind))) {
      for (Object record : records) {
        out.write(
            record instanceof RawJson json ? json.toString() : MAPPER.writeValueAsString(record));
        out.write('\n');
      }
    } catch (JacksonException e) {
      throw new IOException("cannot write the " + kind, e);
    }
  }

  private static <T> List<T> lines(Path directory, String kind, Class<T> type) throws IOException {
    List<T> records = new ArrayList<>();
    for (String line : Files.readAllLines(file(directory, kind))) {
      try {
        records.add(MAPPER.readValue(line, type));
      } catch (JacksonException e) {
        throw new IOException("line %d of the %s".formatted(records.size() + 1, kind), e);
      }
    }
    return records;
  }

  /** Writes a value as the text that it is: its line breaks, digits and blanks are part of it. */
  private static final class RawWriter extends ValueSerializer<RawJson> {
    @Override
    public void serialize(RawJson value, JsonGenerator json, SerializationContext context) {
      json.writeString(value.toString());
    }
  }

  private static final class RawReader extends ValueDeserializer<RawJson> {
    @Override
    public RawJson deserialize(JsonParser json, DeserializationContext context) {
      JsonNode tree = json.readValueAsTree();
      return tree.isString()
          ? RawJson.trusted(tree.stringValue().getBytes(StandardCharsets.UTF_8))
          : Json.of(tree);
    }
  }

  private static final class EventWriter extends ValueSerializer<FlowEvent> {
    @Override
    public void serialize(FlowEvent value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(EventJson.of(value, Integer.MAX_VALUE).toString());
    }
  }

  private static final class EventReader extends ValueDeserializer<FlowEvent> {
    @Override
    public FlowEvent deserialize(JsonParser json, DeserializationContext context) {
      JsonNode tree = json.readValueAsTree();
      return EventJson.of(tree);
    }
  }
}
