package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Purges letters of skipped events, in the transactions of who writes to the read model. What it
 * has done is undone with the transaction.
 */
final class LetterPurge {
    private static final Duration LONGEST_LOOK = Duration.ofHours(1);

    private final String projection;
    private final LetterRetention retention;
    private final Clock clock;
    private final LetterRows rows = new LetterRows();
    private long nextLook = Long.MIN_VALUE;
    private long total;
    private int now;

    LetterPurge(String projection, LetterRetention retention, Clock clock) {
        this.projection = projection;
        this.retention = retention;
        this.clock = clock;
    }

    void load(StateView view) {
        total = Life.purged(view);
        now = 0;
    }

    /** How many were purged ever, as of the last commit. */
    long total() {
        return total;
    }

    /** How many are being purged. */
    int now() {
        return now;
    }

    /**
     * Purges what is to be.
     *
     * @param skipped how many there are, those included that are written already
     */
    void writeTo(StateTransaction transaction, long skipped) {
        now = 0;
        boolean tooMany = skipped > retention.most();
        boolean looks = skipped > 0 && retention.age().isPresent() && clock.millis() >= nextLook;
        if (tooMany || looks) {
            long surplus = tooMany ? skipped - (retention.most() - retention.most() / 10) : 0;
            purge(transaction, surplus);
        }
    }

    private void purge(StateTransaction transaction, long surplus) {
        long oldest = retention.age().map(this::before).orElse(Long.MIN_VALUE);
        Table letters = transaction.table(LetterRows.LETTERS);
        List<Long> purged = new ArrayList<>();
        rows.scan(
                letters,
                0,
                letter -> {
                    boolean skipped = !letter.isRetriable();
                    boolean old = letter.time().toEpochMilli() < oldest;
                    if (skipped && (purged.size() < surplus || old)) {
                        purged.add(letter.position());
                    }
                    return purged.size() < surplus || retention.age().isPresent();
                });
        purged.forEach(position -> rows.delete(letters, position));
        now = purged.size();
        if (now > 0) {
            Life.keepPurged(transaction, total + now);
        }
    }

    private long before(Duration age) {
        Duration look = age.dividedBy(10);
        nextLook =
                clock.millis()
                        + (look.compareTo(LONGEST_LOOK) < 0 ? look : LONGEST_LOOK).toMillis();
        return clock.millis() - age.toMillis();
    }

    /** The transaction is committed. */
    void committed() {
        if (now > 0) {
            total += now;
            Logs.of(LetterPurge.class)
                    .log(
                            Level.INFO,
                            "Letters of skipped events were purged: projection={0} purged={1} ever={2}",
                            projection,
                            now,
                            total);
        }
        now = 0;
    }
}
