package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowStoresTest {

  private static final Content PAYLOAD = new Content("0".repeat(32), 2, true);

  private final Map<String, byte[]> rows = new HashMap<>();
  private int reads;
  private boolean failing;
  private FlowStores stores = storesOf(1_000_000);

  private FlowStores storesOf(long decodedBytes) {
    return new FlowStores(
        store(this::rows), store(this::unused), windows(this::unused), decodedBytes);
  }

  @SuppressWarnings("unchecked") // The handler answers every call that is made.
  private static KeyValueStore<String, byte[]> store(InvocationHandler handler) {
    return (KeyValueStore<String, byte[]>)
        Proxy.newProxyInstance(
            FlowStoresTest.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, handler);
  }

  @SuppressWarnings("unchecked") // The handler answers every call that is made.
  private static WindowStore<String, byte[]> windows(InvocationHandler handler) {
    return (WindowStore<String, byte[]>)
        Proxy.newProxyInstance(
            FlowStoresTest.class.getClassLoader(), new Class<?>[] {WindowStore.class}, handler);
  }

  private @Nullable Object rows(
      Object proxy, java.lang.reflect.Method method, @Nullable Object[] arguments) {
    String flowId = String.valueOf(arguments[0]);
    switch (method.getName()) {
      case "get" -> {
        reads++;
        return rows.get(flowId);
      }
      case "put" -> {
        byte[] value = (byte[]) arguments[1];
        if (value == null) {
          rows.remove(flowId);
        } else {
          rows.put(flowId, value);
        }
        if (failing) {
          throw new IllegalStateException("the changelog is fenced");
        }
        return null;
      }
      default -> throw new AssertionError(method);
    }
  }

  private Object unused(
      Object proxy, java.lang.reflect.Method method, @Nullable Object[] arguments) {
    throw new AssertionError(method);
  }

  private static EncodedFlow flow(String flowId, long at, @Nullable String initiator) {
    FlowStarted start =
        new FlowStarted(
            at,
            flowId,
            "a".repeat(32),
            "order",
            PAYLOAD,
            "2".repeat(32),
            initiator,
            null,
            "not active");
    FlowState state = Objects.requireNonNull(new FlowDecider().decide(null, null, start).next());
    return FlowStateCodec.encodeFlow(state, null, Map.of(PAYLOAD.digest(), new byte[] {'{', '}'}));
  }

  private static FlowState state(EncodedFlow flow) {
    return FlowStateCodec.decode(flow.bytes()).state();
  }

  @Test
  void aFlowThatWasJustWrittenIsNotReadAgain() {
    EncodedFlow flow = flow("f", 5, null);
    stores.keep("f", flow);
    int before = reads;
    StoredRow row = stores.row("f");
    assertThat(row.isFlow()).isTrue();
    assertThat(row.flow()).isSameAs(flow.flow());
    assertThat(row.held()).isNull();
    assertThat(reads - before).isEqualTo(readsOfAssertions());
  }

  /** Where assertions are enabled, what is kept is compared with what is stored. */
  private static int readsOfAssertions() {
    return FlowStores.class.desiredAssertionStatus() ? 1 : 0;
  }

  @Test
  void aFlowOfAnEarlierLifeIsReadAndDecoded() {
    EncodedFlow flow = flow("f", 5, null);
    rows.put("f", flow.bytes());
    assertThat(stores.row("f").flow().state()).isEqualTo(state(flow));
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void theStoresOfTheNextLifeKnowNothingOfTheOnesBefore() {
    EncodedFlow committed = flow("f", 5, null);
    stores.keep("f", flow("f", 6, null));
    rows.put("f", committed.bytes());
    stores = storesOf(1_000_000);
    assertThat(stores.row("f").flow().state()).isEqualTo(state(committed));
  }

  @Test
  void aFlowThatCouldNotBeWrittenIsReadFromTheStore() {
    stores.keep("f", flow("f", 5, null));
    EncodedFlow later = flow("f", 6, null);
    failing = true;
    assertThatThrownBy(() -> stores.keep("f", later)).hasMessage("the changelog is fenced");
    failing = false;
    assertThat(stores.row("f").flow().state()).isEqualTo(state(later));
    rows.remove("f");
    assertThat(stores.row("f").isEmpty()).isTrue();
  }

  @Test
  void aDroppedFlowIsGone() {
    stores.keep("f", flow("f", 5, null));
    stores.drop("f");
    assertThat(reads).as("nobody needs the old value").isZero();
    assertThat(stores.row("f").isEmpty()).isTrue();
    assertThat(stores.row("f").isFlow()).isFalse();
    assertThatThrownBy(() -> stores.row("f").flow()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void heldRecordsTakeThePlaceOfAFlow() {
    stores.keep("f", flow("f", 5, null));
    byte[] held = {FlowValue.HELD, 1};
    stores.hold("f", held);
    assertThat(stores.row("f").isFlow()).isFalse();
    assertThat(stores.row("f").isEmpty()).isFalse();
    assertThat(stores.row("f").held()).isSameAs(held);
  }

  @Test
  void aFlowWhoseTextsCannotBeStoredAsTheyAreIsDecoded() {
    EncodedFlow flow = flow("f", 5, "half a pair: \ud83d");
    assertThat(flow.flow()).isNull();
    stores.keep("f", flow);
    assertThat(stores.row("f").flow().state().origin().initiator()).isEqualTo("half a pair: ?");
    EncodedFlow whole = flow("f", 5, "a pair: \ud83d\ude00");
    stores.keep("f", whole);
    assertThat(stores.row("f").flow()).isSameAs(whole.flow());
  }

  @Test
  void theFlowsThatWereWrittenFirstMakeRoom() {
    stores = storesOf(10_000);
    for (int i = 0; i < 10; i++) {
      stores.keep("f-" + i, flow("f-" + i, 5, null));
    }
    EncodedFlow last = flow("f-9", 5, null);
    reads = 0;
    assertThat(stores.row("f-9").flow().state()).isEqualTo(state(last));
    assertThat(reads).isEqualTo(readsOfAssertions());
    reads = 0;
    assertThat(stores.row("f-0").flow().state().flowId()).isEqualTo("f-0");
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void withoutRoomEveryFlowIsRead() {
    stores = storesOf(0);
    EncodedFlow flow = flow("f", 5, null);
    stores.keep("f", flow);
    assertThat(stores.row("f").flow()).isNotSameAs(flow.flow());
    assertThat(reads).isEqualTo(1);
  }
}
