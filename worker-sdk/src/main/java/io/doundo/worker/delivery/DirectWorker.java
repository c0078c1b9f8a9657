package io.doundo.worker.delivery;

import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.callee.Callee;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.threads.TaskTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves commands on the calling thread, without a broker, for tests: everything of a worker is
 * real but its consumer and its threads. One instance is one life of a worker process; to crash it,
 * close it and let its fence and its producer keep what they have.
 */
public final class DirectWorker implements AutoCloseable {

  private final CommandSource source;
  private final TaskTimer timer;
  private final DeliveryContext context;
  private final GuardedFence guard;

  /**
   * A worker's new life.
   *
   * @param lease on the fence's clock
   * @param answers is not closed with the worker
   */
  public DirectWorker(
      Collection<ServedStep> steps,
      Fence fence,
      JsonBinder json,
      Duration lease,
      Producer<byte[], byte[]> answers) {
    this(steps, fence, json, lease, answers, new WorkerMeters(new SimpleMeterRegistry()));
  }

  DirectWorker(
      Collection<ServedStep> steps,
      Fence fence,
      JsonBinder json,
      Duration lease,
      Producer<byte[], byte[]> answers,
      WorkerMeters meters) {
    this(new Subscriptions(steps), fence, json, lease, answers, meters);
  }

  /**
   * A new life of a worker for all steps on one topic.
   *
   * @param callee carries out their commands; {@link #deliver} does not wait for it
   * @param fence of the one partition that the worker has
   */
  public static DirectWorker ofTopic(
      String topic, Callee callee, Fence fence, Duration lease, Producer<byte[], byte[]> answers) {
    return new DirectWorker(
        new TopicOfAllSteps(topic, callee),
        fence,
        new JsonBinder(JsonMapper.builder().build()),
        lease,
        answers,
        new WorkerMeters(new SimpleMeterRegistry()));
  }

  private DirectWorker(
      CommandSource source,
      Fence fence,
      JsonBinder json,
      Duration lease,
      Producer<byte[], byte[]> answers,
      WorkerMeters meters) {
    this.source = source;
    this.timer =
        new TaskTimer(
            task -> {
              Thread thread = new Thread(task, "saga-timer");
              thread.setDaemon(true);
              return thread;
            });
    DeliverySettings settings =
        new DeliverySettings(
            "test", "test", Map.of(), lease, Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ZERO);
    this.context =
        new DeliveryContext(
            settings,
            new AnswerSender(answers, timer, settings.service(), settings.version()),
            json,
            Runnable::run,
            timer,
            meters);
    this.guard = new GuardedFence(fence, new FenceHealth(fence, timer), timer);
  }

  /**
   * Delivers a command. When this returns it is answered, unless another run holds its step or the
   * fence does not answer.
   *
   * @param redelivered whether it may have been delivered to another worker before
   * @return whether any handler here serves it
   * @throws MalformedRecordException when it is no command of this topic
   */
  public boolean deliver(ConsumerRecord<byte[], byte[]> record, boolean redelivered)
      throws MalformedRecordException {
    AssignedPartition partition =
        new AssignedPartition(guard, record.offset(), redelivered ? Long.MAX_VALUE : 0);
    Command command = source.command(record).orElse(null);
    if (command == null) {
      return false;
    }
    partition.delivered(record.offset());
    Delivery delivery = new Delivery(context, partition, command);
    if (partition.lineUp(delivery)) {
      delivery.begin();
    }
    return true;
  }

  /**
   * Whether a handler here serves this command.
   *
   * @throws MalformedRecordException when it is no command of this topic
   */
  public boolean serves(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    return source.command(record).isPresent();
  }

  @Override
  public void close() {
    context.stopping();
    context.stopped();
    timer.close();
  }
}
