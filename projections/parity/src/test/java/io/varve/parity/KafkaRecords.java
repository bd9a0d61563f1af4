package io.varve.parity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.test.TestRecord;

/** What Kafka Streams makes of the records of one stream, without a store. */
final class KafkaRecords {
    private KafkaRecords() {}

    static TestRecord<String, Long> of(Input input) {
        Headers headers = new RecordHeaders();
        if (input.header() != null) {
            headers.add(Input.HEADER, input.header().getBytes(StandardCharsets.UTF_8));
        }
        return new TestRecord<>(
                input.key(), input.value(), headers, Instant.ofEpochMilli(input.time()));
    }

    /** The one that an event may have; null if it has none. */
    static String header(Headers headers) {
        Header found = headers.lastHeader(Input.HEADER);
        return found == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }

    static KStream<String, Long> made(Step step, KStream<String, Long> from, String name) {
        if (step instanceof Step.Filter filter) {
            return filter.not()
                    ? from.filterNot(filter.check()::test, Named.as(name + "filter"))
                    : from.filter(filter.check()::test);
        }
        if (step instanceof Step.MapValues map) {
            return from.mapValues(map.change()::of, Named.as(name + "values"));
        }
        if (step instanceof Step.MapBoth map) {
            return from.map(
                    (key, value) ->
                            KeyValue.pair(map.key().of(key, value), map.change().of(key, value)));
        }
        if (step instanceof Step.FlatMapValues flat) {
            return from.flatMapValues(flat.spread()::of);
        }
        if (step instanceof Step.SelectKey select) {
            return from.selectKey(select.key()::of);
        }
        if (step instanceof Step.FlatMap flat) {
            return from.flatMap(
                    (key, value) ->
                            flat.spread().of(value).stream()
                                    .map(next -> KeyValue.pair(flat.key().of(key, next), next))
                                    .toList());
        }
        if (step instanceof Step.Branch branch) {
            return from.split(Named.as(name))
                    .branch(branch.check()::test, Branched.as("yes"))
                    .defaultBranch(Branched.as("no"))
                    .get(name + (branch.other() ? "no" : "yes"));
        }
        if (step instanceof Step.Peek) {
            return from.peek((key, value) -> {});
        }
        throw new IllegalStateException(step.toString());
    }
}
