package io.varve.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Holds a projection at a note until it is opened, and counts what has come so far. */
final class Gate implements Consumer<Notes.Note> {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch opened = new CountDownLatch(1);
    final AtomicLong seen = new AtomicLong();
    private final long number;

    Gate(long number) {
        this.number = number;
    }

    @Override
    public void accept(Notes.Note note) {
        seen.incrementAndGet();
        boolean waiting = note.number() == number;
        if (waiting) {
            entered.countDown();
        }
        while (waiting) {
            try {
                opened.await();
                waiting = false;
            } catch (InterruptedException e) {
                // stuck code does not listen
            }
        }
    }
}
