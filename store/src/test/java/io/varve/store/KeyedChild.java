package io.varve.store;

import java.nio.file.Path;

/**
 * Appends numbered batches, each with a key, until it is killed; prints each number when its append
 * was acknowledged, and where it is.
 */
final class KeyedChild {
    private KeyedChild() {}

    static EventBatch batch(long number) {
        EventBatch batch = new EventBatch().idempotencyKey("append-" + number);
        batch.add(TestEvents.stream("s" + number % 7), TestEvents.event("first " + number));
        batch.add(TestEvents.stream("all"), TestEvents.event("second " + number));
        return batch;
    }

    public static void main(String[] arguments) {
        EventStore store = EventStore.open(TestEvents.restless(Path.of(arguments[0])));
        for (long number = Long.parseLong(arguments[1]); ; number++) {
            AppendResult result = store.append(batch(number));
            System.out.println(number + " " + result.firstPosition() + ".");
            System.out.flush();
        }
    }
}
