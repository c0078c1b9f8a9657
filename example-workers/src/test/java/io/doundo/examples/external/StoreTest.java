package io.doundo.examples.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.examples.external.LedgerEntry.EntryKind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  private final Path file;
  private final Store store;

  StoreTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("deep").resolve("store.db");
    store = Store.open(file, "test");
  }

  private static CallContext call(String flow, String action, String key) {
    return new CallContext("order", "reserve", flow, action, 1, 1, key, 0);
  }

  @Test
  void anIdempotencyKeyThatIsKnownMakesNothingNew() {
    Store.Creation made = store.create(call("f", CallContext.DO, "k"), "goods", false);
    Store.Creation again = store.create(call("f", CallContext.DO, "k"), "goods", false);
    Store.Creation other = store.create(call("g", CallContext.DO, "l"), "goods", false);

    assertThat(again.thingId()).isEqualTo(made.thingId()).isNotEqualTo(other.thingId());
    assertThat(made.first()).isTrue();
    assertThat(again.first()).isFalse();
    assertThat(store.ledger("f")).hasSize(1);
    assertThat(store.ledger("f").get(0).kind()).isEqualTo(EntryKind.CREATED);
    assertThat(store.things()).extracting(Thing::flowId).containsExactly("f", "g");
  }

  @Test
  void whatIsDoneTwiceShowsInTheLedgerThoughItIsUndone() {
    store.create(call("f", CallContext.DO, "k"), "goods", true);
    store.create(call("f", CallContext.DO, "k"), "goods", true);
    store.remove(call("f", CallContext.UNDO, "u"));
    store.remove(call("f", CallContext.UNDO, "u"));

    assertThat(store.things()).isEmpty();
    assertThat(store.ledger("f"))
        .extracting(LedgerEntry::kind)
        .containsExactly(
            EntryKind.CREATED,
            EntryKind.CREATED,
            EntryKind.REMOVED,
            EntryKind.REMOVED,
            EntryKind.NOTHING_TO_REMOVE);
    assertThat(store.find("order", "reserve", "f")).isEmpty();
  }

  @Test
  void withoutAFenceNothingIsMadeForWhatWasUndone() {
    CallContext call = call("f", CallContext.DO, "k");
    assertThat(store.createUnlessUndone(call, "goods", false)).isPresent();
    store.remove(call("f", CallContext.UNDO, "u"));

    assertThat(store.createUnlessUndone(call, "goods", false)).isEmpty();
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger("f")).hasSize(2);
  }

  @Test
  void aKeyWhoseThingIsGoneStandsForNothing() {
    Store.Creation made = store.create(call("f", CallContext.DO, "k"), "goods", false);
    store.remove(call("f", CallContext.UNDO, "u"));
    Store.Creation again = store.create(call("f", CallContext.DO, "k"), "goods", false);

    assertThat(again.fresh()).isTrue();
    assertThat(again.thingId()).isNotEqualTo(made.thingId());
    assertThat(store.things()).hasSize(1);
  }

  @Test
  void theLedgerIsAppendOnly() throws SQLException {
    store.create(call("f", CallContext.DO, "k"), "goods", false);

    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement()) {
      assertThatThrownBy(() -> sql.executeUpdate("UPDATE ledger SET step = 'x'"))
          .hasMessageContaining("the ledger is append-only");
      assertThatThrownBy(() -> sql.executeUpdate("DELETE FROM ledger"))
          .hasMessageContaining("the ledger is append-only");
    }
  }

  @Test
  void severalProcessesShareIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> running = new ArrayList<>();
    for (int process = 0; process < 4; process++) {
      Store shared = Store.open(file, "process-" + process);
      running.add(
          threads.submit(
              () -> {
                for (int flow = 0; flow < 50; flow++) {
                  shared.create(call("f" + flow, CallContext.DO, "k" + flow), "goods", false);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();

    assertThat(store.things()).hasSize(50);
    assertThat(store.ledger()).hasSize(50);
  }

  @Test
  void aReaderChangesNothing() {
    store.create(call("f", CallContext.DO, "k"), "goods", false);
    Store reader = Store.read(file);

    assertThat(reader.things("f")).hasSize(1);
    assertThatThrownBy(() -> reader.remove(call("f", CallContext.UNDO, "u")))
        .hasStackTraceContaining("readonly");
  }
}
