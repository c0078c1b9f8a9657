package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.task.FlowProcessor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The processor of the flows, which can be closed and begun again as Kafka Streams does with a task
 * that it revives. Its stores stay as they are.
 */
final class RevivableFlows
    implements Processor<byte @Nullable [], byte @Nullable [], byte[], OutputRecord> {

  private final FlowProcessor flows;
  private final List<Cancellable> scheduled = new ArrayList<>();
  private @Nullable ProcessorContext<byte[], OutputRecord> context;
  private boolean isToBeRevived;

  RevivableFlows(FlowProcessor flows) {
    this.flows = flows;
  }

  @Override
  public void init(ProcessorContext<byte[], OutputRecord> context) {
    this.context = context;
    flows.init(remembering(context));
  }

  /** What the processor schedules ends with its life. */
  @SuppressWarnings("unchecked") // The proxy passes every call on.
  private ProcessorContext<byte[], OutputRecord> remembering(
      ProcessorContext<byte[], OutputRecord> whole) {
    return (ProcessorContext<byte[], OutputRecord>)
        Proxy.newProxyInstance(
            ProcessorContext.class.getClassLoader(),
            new Class<?>[] {ProcessorContext.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("schedule")) {
                Cancellable cancellable =
                    whole.schedule(
                        (Duration) arguments[0],
                        (PunctuationType) arguments[1],
                        revivingFirst((Punctuator) arguments[2]));
                scheduled.add(cancellable);
                return cancellable;
              }
              try {
                return method.invoke(whole, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Punctuator revivingFirst(Punctuator punctuator) {
    return time -> {
      if (!revivedNow()) {
        punctuator.punctuate(time);
      }
    };
  }

  boolean isBegun() {
    return context != null;
  }

  /**
   * Begins again when the task is about to do something next: only then may it reach its stores.
   */
  void revive() {
    isToBeRevived = true;
  }

  private boolean revivedNow() {
    if (!isToBeRevived) {
      return false;
    }
    isToBeRevived = false;
    flows.close();
    scheduled.forEach(Cancellable::cancel);
    scheduled.clear();
    flows.init(remembering(Objects.requireNonNull(context)));
    return true;
  }

  @Override
  public void process(Record<byte @Nullable [], byte @Nullable []> record) {
    revivedNow();
    flows.process(record);
  }

  @Override
  public void close() {
    flows.close();
  }
}
