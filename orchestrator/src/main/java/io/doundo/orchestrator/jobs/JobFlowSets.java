package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.query.flow.FlowSets;
import io.doundo.orchestrator.query.index.RowCursor.FlowSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The flows of jobs, by which lists are filtered. They are frozen, so those of the jobs that were
 * asked for last are kept in memory. Thread-safe.
 */
public final class JobFlowSets implements FlowSets {

  /** How many flows are kept of all jobs together, but for the last one, which is always kept. */
  private static final int MOST_KEPT = 200_000;

  private final JobTopic topic;

  /** The job that was asked for last is the last one. */
  private final Map<String, JobItems> kept = new LinkedHashMap<>(16, 0.75f, true);

  public JobFlowSets(JobTopic topic) {
    this.topic = topic;
  }

  /** One at a time, so that nobody reads what another is reading already. */
  @Override
  public synchronized FlowSet ofJob(String jobId) {
    JobDefinition job =
        topic.find(jobId).orElseThrow(() -> new UnknownJobException(jobId)).definition();
    if (job.verb().isResend()) {
      // Its items are dead letters, whatever their ids look like.
      return (bytes, from, to) -> false;
    }
    JobItems items = kept.get(jobId);
    if (items == null) {
      List<Chunk> chunks = new ArrayList<>();
      for (int i = 0; i < job.chunks().size(); i++) {
        chunks.add(topic.chunk(jobId, i));
      }
      items = new JobItems(chunks);
      keep(jobId, items);
    }
    JobItems flows = items;
    return (bytes, from, to) -> flows.find(bytes, from, to) >= 0;
  }

  private void keep(String jobId, JobItems items) {
    kept.put(jobId, items);
    int size = kept.values().stream().mapToInt(JobItems::size).sum();
    Iterator<JobItems> oldest = kept.values().iterator();
    while (size > MOST_KEPT && kept.size() > 1) {
      size -= oldest.next().size();
      oldest.remove();
    }
  }
}
