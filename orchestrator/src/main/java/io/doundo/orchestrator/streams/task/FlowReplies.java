package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;

/**
 * What the engine tells the parent of a part on the part's behalf, by records of the rekey topic.
 * Stateless.
 */
final class FlowReplies {

  /** The maximum length of an error's text, in characters. */
  private static final int LONGEST_ERROR = 500;

  private FlowReplies() {}

  /** The part cannot begin; its parent hears that it has no effect. */
  static void refuse(FlowMessage.Begin begin, String why, Plan plan) {
    FlowMessage.Moved refusal =
        new FlowMessage.Moved(
            begin.part().link(),
            0,
            PartStatus.REJECTED,
            false,
            false,
            FlowMessage.Moved.NOT_TOLD,
            null,
            shortened(why),
            List.of(),
            List.of(),
            List.of());
    RekeyCodec.MessageRecord record =
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(refusal, Map.of()));
    plan.send(OutputRecord.of(Topics.REKEY, begin.part().link().flowId(), record.encode()));
  }

  /**
   * The engine has failed on what a parent asked of a part that is not parked for it: the parent
   * hears that the part cannot be reached, so that an operator sees it and can have it asked again.
   */
  static void answerUnreachable(
      PartLink link, List<Signal> handed, Map<String, byte[]> contents, String why, Plan plan) {
    answer(link, PartStatus.LOST, handed, contents, why, plan);
  }

  /**
   * The engine has failed on a signal that a parent has handed to a part, and the part is parked
   * for it: the parent keeps the signal until the part goes on and says that it waits for it.
   */
  static void giveBack(FlowMessage.Handed handed, Map<String, byte[]> contents, Plan plan) {
    answer(handed.link(), PartStatus.PARKED, List.of(handed.signal()), contents, "", plan);
  }

  private static void answer(
      PartLink link,
      PartStatus status,
      List<Signal> handed,
      Map<String, byte[]> contents,
      String why,
      Plan plan) {
    FlowMessage.Moved answer =
        new FlowMessage.Moved(
            link,
            0,
            status,
            true,
            false,
            FlowMessage.Moved.NOT_TOLD,
            null,
            shortened(why),
            List.of(),
            handed,
            List.of());
    RekeyCodec.MessageRecord record =
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(answer, contents));
    plan.send(OutputRecord.of(Topics.REKEY, link.flowId(), record.encode()));
  }

  /** The text of an exception, of bounded length. */
  static String shortened(RuntimeException cause) {
    return shortened(cause.toString());
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "…";
  }
}
