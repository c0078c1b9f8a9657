package io.doundo.examples.external;

import io.doundo.examples.ExamplesProperties;
import io.doundo.worker.testkit.UndoCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** External systems for tests, each in a file of its own. */
public final class TestExternalSystem {

  private final Path directory;

  public TestExternalSystem(Path directory) {
    this.directory = directory;
  }

  /** A new external system. */
  public Store store() {
    try {
      return Store.open(directory.resolve(UUID.randomUUID() + ".db"), "test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The external system that workers call. */
  public static ExternalSystem of(Store store) {
    return new ExternalSystem(
        store, new ExamplesProperties(List.of(), Path.of("unused"), "test", false, null));
  }

  /**
   * A new external system for each run of an undo check.
   *
   * @param withoutUndo steps whose effects are meant to stay
   */
  public Supplier<UndoCheck.Fixture> worlds(
      Set<String> withoutUndo, Function<ExternalSystem, List<Object>> handlers) {
    return () -> {
      Store store = store();
      return new UndoCheck.Fixture(
          () ->
              store.things().stream()
                  .filter(thing -> !withoutUndo.contains(thing.step()))
                  .map(Thing::thingId)
                  .toList(),
          handlers.apply(of(store)));
    };
  }
}
