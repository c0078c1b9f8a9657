package io.doundo.orchestrator.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The frozen flows of a job in their order, each with its result. A million take about 60 MB: the
 * flowIds are one array of bytes, found by a table of hashes. Not thread-safe.
 */
final class JobItems {

  /** How many different reasons for refusals are told apart. */
  private static final int MOST_REASONS = 100;

  private static final String OTHER_REASONS = "other reasons";

  /** Some of the flows, as they stand in one record: an item's place counts from the first. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  record Chunk(List<String> flowIds, int[] transitions) {

    /** How many flows one record holds at most. */
    static final int MOST = 5_000;

    private static final int MOST_BYTES = 600_000;

    int size() {
      return flowIds.size();
    }

    /** Divides flows into chunks that fit into a record. */
    static List<Chunk> of(List<SelectedFlow> flows) {
      return of(
          flows.stream().map(SelectedFlow::flowId).toList(),
          flows.stream().mapToInt(SelectedFlow::transition).toArray());
    }

    /** Divides dead letters into chunks that fit into a record. */
    static List<Chunk> ofDeadLetters(List<String> ids) {
      return of(ids, new int[ids.size()]);
    }

    private static List<Chunk> of(List<String> ids, int[] transitions) {
      List<Chunk> chunks = new ArrayList<>();
      int begin = 0;
      int bytes = 0;
      for (int i = 0; i < ids.size(); i++) {
        int size = Json.string(ids.get(i)).size();
        if (i > begin && (i - begin == MOST || bytes + size > MOST_BYTES)) {
          chunks.add(of(ids, transitions, begin, i));
          begin = i;
          bytes = 0;
        }
        bytes += size;
      }
      if (begin < ids.size()) {
        chunks.add(of(ids, transitions, begin, ids.size()));
      }
      return chunks;
    }

    private static Chunk of(List<String> ids, int[] transitions, int begin, int end) {
      return new Chunk(
          List.copyOf(ids.subList(begin, end)), Arrays.copyOfRange(transitions, begin, end));
    }
  }

  /**
   * The results of one chunk, as they stand in one record.
   *
   * @param codes one of {@link ItemResult#code} for each flow
   * @param refusals the places of the flows that refused, by reason
   */
  record ChunkResults(String codes, Map<String, List<Integer>> refusals) {

    static ChunkResults none(int size) {
      return new ChunkResults(String.valueOf(ItemResult.LEFT.code()).repeat(size), Map.of());
    }
  }

  private final byte[] ids;

  /** Where the flowId of an item ends. */
  private final int[] ends;

  private final int[] transitions;
  private final ItemResult[] results;
  private final byte[] reasonOf;
  private final List<String> reasons = new ArrayList<>(List.of(""));

  /** Open addressing; an item's number and one. */
  private final int[] table;

  private final int[] firstOfChunk;
  private final boolean[] changedChunks;
  private final Map<ItemResult, Integer> counts = new EnumMap<>(ItemResult.class);
  private final Map<String, Integer> refusals = new LinkedHashMap<>();

  JobItems(List<Chunk> chunks) {
    int size = chunks.stream().mapToInt(Chunk::size).sum();
    ends = new int[size];
    transitions = new int[size];
    results = new ItemResult[size];
    Arrays.fill(results, ItemResult.LEFT);
    reasonOf = new byte[size];
    firstOfChunk = new int[chunks.size()];
    changedChunks = new boolean[chunks.size()];
    table = new int[Math.max(4, Integer.highestOneBit(Math.max(1, size)) * 4)];
    byte[] bytes = new byte[Math.max(16, size * 40)];
    int item = 0;
    int end = 0;
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      firstOfChunk[chunk] = item;
      for (int i = 0; i < chunks.get(chunk).size(); i++) {
        byte[] id = chunks.get(chunk).flowIds().get(i).getBytes(UTF_8);
        if (end + id.length > bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.max(end + id.length, bytes.length * 2));
        }
        System.arraycopy(id, 0, bytes, end, id.length);
        end += id.length;
        ends[item] = end;
        transitions[item] = chunks.get(chunk).transitions()[i];
        item++;
      }
    }
    ids = Arrays.copyOf(bytes, end);
    for (int i = 0; i < size; i++) {
      table[slotOf(ids, begin(i), ends[i])] = i + 1;
    }
    counts.put(ItemResult.LEFT, size);
  }

  int size() {
    return ends.length;
  }

  String flowId(int item) {
    return new String(ids, begin(item), ends[item] - begin(item), UTF_8);
  }

  int transition(int item) {
    return transitions[item];
  }

  ItemResult result(int item) {
    return results[item];
  }

  /** Why a flow refused; null when it has not. */
  @Nullable String reason(int item) {
    return reasonOf[item] == 0 ? null : reasons.get(reasonOf[item]);
  }

  /** The item of a flow, or -1. */
  int find(byte[] flowId) {
    return find(flowId, 0, flowId.length);
  }

  /** The item of the flow whose id stands there, or -1. */
  int find(byte[] text, int from, int to) {
    return table[slotOf(text, from, to)] - 1;
  }

  /** Notes a result; whether it is news. */
  boolean put(int item, ItemResult result, @Nullable String reason) {
    if (results[item] == result) {
      return false;
    }
    if (results[item] == ItemResult.REFUSED) {
      // An answer is given once.
      return false;
    }
    set(item, result, reason);
    changedChunks[chunkOf(item)] = true;
    return true;
  }

  private void set(int item, ItemResult result, @Nullable String reason) {
    counts.merge(results[item], -1, Integer::sum);
    results[item] = result;
    counts.merge(result, 1, Integer::sum);
    if (result == ItemResult.REFUSED) {
      int known = reasonIndex(reason == null ? OTHER_REASONS : reason);
      reasonOf[item] = (byte) known;
      refusals.merge(reasons.get(known), 1, Integer::sum);
    }
  }

  private int reasonIndex(String reason) {
    int known = reasons.indexOf(reason);
    if (known >= 0) {
      return known;
    }
    if (reasons.size() >= MOST_REASONS && !reason.equals(OTHER_REASONS)) {
      return reasonIndex(OTHER_REASONS);
    }
    reasons.add(reason);
    return reasons.size() - 1;
  }

  /** How many flows have each result. */
  Map<ItemResult, Integer> counts() {
    Map<ItemResult, Integer> present = new EnumMap<>(ItemResult.class);
    counts.forEach(
        (result, count) -> {
          if (count > 0) {
            present.put(result, count);
          }
        });
    return present;
  }

  /** How many flows refused for each reason. */
  Map<String, Integer> refusals() {
    return Collections.unmodifiableMap(refusals);
  }

  /** The numbers of the chunks that have changed since this was asked last. */
  List<Integer> takeChangedChunks() {
    List<Integer> changed = new ArrayList<>();
    for (int chunk = 0; chunk < changedChunks.length; chunk++) {
      if (changedChunks[chunk]) {
        changed.add(chunk);
        changedChunks[chunk] = false;
      }
    }
    return changed;
  }

  /** The chunks could not be written: they are changed still. */
  void putBack(List<Integer> chunks) {
    chunks.forEach(chunk -> changedChunks[chunk] = true);
  }

  ChunkResults results(int chunk) {
    int begin = firstOfChunk[chunk];
    int end = chunk + 1 < firstOfChunk.length ? firstOfChunk[chunk + 1] : size();
    StringBuilder codes = new StringBuilder(end - begin);
    Map<String, List<Integer>> why = new TreeMap<>();
    for (int item = begin; item < end; item++) {
      codes.append(results[item].code());
      String reason = reason(item);
      if (reason != null) {
        why.computeIfAbsent(reason, unused -> new ArrayList<>()).add(item - begin);
      }
    }
    return new ChunkResults(codes.toString(), why);
  }

  /** Takes over the results of a chunk that another owner has written. */
  void restore(int chunk, ChunkResults stored) {
    int begin = firstOfChunk[chunk];
    Map<Integer, String> why = new TreeMap<>();
    stored.refusals().forEach((reason, places) -> places.forEach(at -> why.put(at, reason)));
    for (int i = 0; i < stored.codes().length(); i++) {
      ItemResult result = ItemResult.of(stored.codes().charAt(i));
      if (result != ItemResult.LEFT) {
        set(begin + i, result, why.get(i));
      }
    }
  }

  private int chunkOf(int item) {
    int found = Arrays.binarySearch(firstOfChunk, item);
    return found >= 0 ? found : -found - 2;
  }

  private int begin(int item) {
    return item == 0 ? 0 : ends[item - 1];
  }

  /** The slot of this flowId, or the free one where it would be. */
  private int slotOf(byte[] text, int begin, int end) {
    int hash = 0;
    for (int i = begin; i < end; i++) {
      hash = 31 * hash + text[i];
    }
    int slot = (hash ^ (hash >>> 16)) & (table.length - 1);
    while (table[slot] != 0 && !isOf(table[slot] - 1, text, begin, end)) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private boolean isOf(int item, byte[] text, int begin, int end) {
    return Arrays.equals(ids, begin(item), ends[item], text, begin, end);
  }
}
