package io.doundo.bench.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A worker that does nothing but answer, {@code BOOTSTRAP-SERVERS RESPONSE-TOPIC LOST-FLOW
 * COMMAND-TOPIC…}; the same for the limit and the product. It changes bytes at known places and
 * parses nothing, so that it costs as little as a worker can. Commands of the flow of the number
 * LOST-FLOW are not answered (-1 for none).
 */
public final class EchoWorker {

  public static final String READY = "plain worker ready";

  private static final byte[] BEGINNING = bytes("{\"headers\":{");
  private static final byte[] SUCCESS = bytes("\"status\":true,");
  private static final byte[] FAILURE = bytes("\"status\":false,\"errorMessage\":\"not now\",");
  private static final byte[] DO = bytes("\"action\":\"DO\"");
  private static final byte[] FAIL_STEP = bytes("\"action\":\"FAIL_STEP\"");
  private static final byte[] FIRST_ATTEMPT = bytes("\"attempt\":1,");

  private static final String LISTS =
      "orchestrator." + Scenario.LIST.orchestration(Mode.ENGINE) + '.';

  /** How a step answers. */
  private enum StepBehaviour {
    SUCCEED,
    FAIL_FIRST,
    FAIL_FOR_GOOD
  }

  private record EchoStep(int number, StepBehaviour manner) {}

  private final Map<String, EchoStep> steps = new HashMap<>();
  private final String responses;
  private final int lostFlow;
  private final Producer<byte[], byte[]> producer;
  private final BenchClients.Sends sends = new BenchClients.Sends();

  private EchoWorker(
      String responses, int lostFlow, List<String> commands, Producer<byte[], byte[]> producer) {
    this.responses = responses;
    this.lostFlow = lostFlow;
    this.producer = producer;
    commands.forEach(topic -> steps.put(topic, step(topic)));
  }

  public static void main(String[] arguments) {
    List<String> commands = Arrays.asList(arguments).subList(3, arguments.length);
    try (Consumer<byte[], byte[]> consumer = BenchClients.consumer(arguments[0], false, commands);
        Producer<byte[], byte[]> producer = BenchClients.producer(arguments[0])) {
      EchoWorker worker =
          new EchoWorker(arguments[1], Integer.parseInt(arguments[2]), commands, producer);
      System.out.println(READY);
      while (true) {
        consumer.poll(BenchClients.POLL).forEach(worker::answer);
        worker.sends.requireNoFailure();
      }
    }
  }

  /** From {@code orchestrator.ORCHESTRATION.sNN.do}. Behind the limit's relay nothing fails. */
  private static EchoStep step(String topic) {
    String[] parts = topic.split("\\.", -1);
    int number = Integer.parseInt(parts[2].substring(1));
    StepBehaviour manner = StepBehaviour.SUCCEED;
    if (parts[0].equals("orchestrator") && parts[3].equals("do")) {
      if (parts[1].equals(Scenario.UNDO.orchestration(Mode.ENGINE)) && number == 3) {
        manner = StepBehaviour.FAIL_FOR_GOOD;
      } else if (parts[1].equals(Scenario.RETRY.orchestration(Mode.ENGINE)) && number == 2) {
        manner = StepBehaviour.FAIL_FIRST;
      }
    }
    return new EchoStep(number, manner);
  }

  private void answer(ConsumerRecord<byte[], byte[]> command) {
    if (FlowMessage.number(command.key()) == lostFlow) {
      return;
    }
    EchoStep step = Objects.requireNonNull(steps.get(command.topic()));
    byte[] value = command.value();
    byte[] answer;
    if (step.manner() == StepBehaviour.FAIL_FOR_GOOD) {
      answer = inserted(replaced(value, DO, FAIL_STEP), FAILURE);
    } else if (step.manner() == StepBehaviour.FAIL_FIRST && indexOf(value, FIRST_ATTEMPT) >= 0) {
      answer = inserted(value, FAILURE);
    } else if (isOfList(command.topic())) {
      // Its payload has no places that a worker marks.
      answer = inserted(value, SUCCESS);
    } else {
      answer = isAnswer(value) ? value : inserted(value, SUCCESS);
      FlowMessage.passOn(answer, step.number());
    }
    Future<RecordMetadata> unused =
        producer.send(new ProducerRecord<>(responses, command.key(), answer), sends.callback());
  }

  private static boolean isOfList(String topic) {
    return topic.startsWith(LISTS);
  }

  /** Behind the relay a command is the answer of the worker before. */
  private static boolean isAnswer(byte[] value) {
    return Arrays.equals(
        value, BEGINNING.length, BEGINNING.length + SUCCESS.length, SUCCESS, 0, SUCCESS.length);
  }

  private static byte[] inserted(byte[] value, byte[] header) {
    byte[] answer = new byte[value.length + header.length];
    System.arraycopy(value, 0, answer, 0, BEGINNING.length);
    System.arraycopy(header, 0, answer, BEGINNING.length, header.length);
    System.arraycopy(
        value,
        BEGINNING.length,
        answer,
        BEGINNING.length + header.length,
        value.length - BEGINNING.length);
    return answer;
  }

  private static byte[] replaced(byte[] value, byte[] from, byte[] to) {
    int at = indexOf(value, from);
    byte[] changed = new byte[value.length - from.length + to.length];
    System.arraycopy(value, 0, changed, 0, at);
    System.arraycopy(to, 0, changed, at, to.length);
    System.arraycopy(
        value, at + from.length, changed, at + to.length, value.length - at - from.length);
    return changed;
  }

  private static int indexOf(byte[] value, byte[] part) {
    for (int i = 0; i + part.length <= value.length; i++) {
      if (Arrays.equals(value, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
