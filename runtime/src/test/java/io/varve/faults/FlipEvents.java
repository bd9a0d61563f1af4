package io.varve.faults;

import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import io.varve.store.NewEvent;
import io.varve.store.ProducerMark;
import io.varve.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a log was when it was whole, as it was written down beside it. */
final class FlipEvents {
    private final List<String> events;
    private final long first;
    private final long durable;
    private final Map<Long, FlipAnswers> answers = new HashMap<>();

    /**
     * Of a log.
     *
     * @param events all there ever were
     * @param first the position before which retention has removed them
     * @param durable the position up to which they were on the disk for certain
     */
    FlipEvents(List<String> events, long first, long durable) {
        this.events = List.copyOf(events);
        this.first = first;
        this.durable = durable;
    }

    List<String> events() {
        return events;
    }

    long first() {
        return first;
    }

    long durable() {
        return durable;
    }

    /** What is to be answered where the log ends at a position. */
    FlipAnswers upTo(long head) {
        return answers.computeIfAbsent(head, end -> new FlipAnswers(events, end));
    }

    /** What is told of an event, in a line. */
    static String line(EventView event) {
        String what = event.stream() + " " + event.version() + " " + event.type() + " ";
        if (event.stream().category().equals(FlipStack.NOTES)) {
            return what + new String(event.payload().toByteArray(), StandardCharsets.UTF_8);
        }
        Posting posting = Posting.SERDE.deserialize(event.type(), event.payload());
        boolean right = posting.equals(Posting.of(posting.author(), posting.number()));
        return what + posting.author() + " " + posting.number() + (right ? "" : " " + posting);
    }

    static FlipEvents of(EventStore store) {
        List<String> lines = new ArrayList<>();
        store.read(
                EventQuery.all(),
                event -> {
                    lines.add(line(event));
                    return true;
                });
        return new FlipEvents(lines, 0, lines.size() - 1);
    }

    void write(Path file) throws IOException {
        Files.write(file, events);
        Files.writeString(file.resolveSibling("positions"), first + " " + durable);
    }

    static FlipEvents read(Path file) throws IOException {
        String[] positions = Files.readString(file.resolveSibling("positions")).split(" ");
        return new FlipEvents(
                Files.readAllLines(file),
                Long.parseLong(positions[0]),
                Long.parseLong(positions[1]));
    }

    long head() {
        return events.size() - 1;
    }

    static long time(long number) {
        return 1_000 * number;
    }

    /** As {@link Posting#batch}, with times. */
    static EventBatch batch(int author, long first) {
        EventBatch batch = new EventBatch().idempotencyKey(author + "/" + first);
        for (int i = 0; i < Posting.together(author, first); i++) {
            batch.add(
                    Posting.stream(author),
                    Posting.SERDE,
                    Posting.of(author, first + i),
                    OptionalLong.of(time(first + i)));
        }
        return batch;
    }

    /** Each in a stream of its own, with a key; each fourth with a mark. */
    static EventBatch note(int number) {
        byte[] text = ("note-" + number).getBytes(StandardCharsets.UTF_8);
        EventBatch batch = new EventBatch().add(noted(number), NewEvent.of("noted", text));
        batch.idempotencyKey("note/" + number);
        if (number % 4 < 3) {
            return batch;
        }
        long before = number / 4;
        OptionalLong previous = before == 0 ? OptionalLong.empty() : OptionalLong.of(before);
        return batch.producerMark(new ProducerMark(FlipStack.PRODUCER, 1, previous, before + 1));
    }

    static StreamId noted(int number) {
        return StreamId.of(FlipStack.NOTES, "note-" + number + "-".repeat(60));
    }
}
