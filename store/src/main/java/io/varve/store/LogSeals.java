package io.varve.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Gives seals of a log, and checks them. Thread-safe. */
final class LogSeals {
    private final Log log;
    private final EventView.Names names;
    private final CommitSignal signal;
    private final ShaChain chain;

    /** Does something while nobody appends. */
    private final Consumer<Runnable> exclusively;

    LogSeals(
            Log log,
            EventView.Names names,
            CommitSignal signal,
            ShaChain chain,
            Consumer<Runnable> exclusively) {
        this.log = log;
        this.names = names;
        this.signal = signal;
        this.chain = chain;
        this.exclusively = exclusively;
    }

    Optional<Seal> seal() {
        signal.checkOpen();
        AtomicReference<Optional<Seal>> seal = new AtomicReference<>(Optional.empty());
        exclusively.accept(() -> seal.set(newest()));
        // What is sealed must not be lost by a power cut, or the seal would call that forgery.
        log.makeDurable();
        return seal.get();
    }

    /** Under the append lock. */
    private Optional<Seal> newest() {
        if (!chain.isOn()) {
            throw new IllegalStateException(
                    "The store has no tamper evidence; open it with withTamperEvidence(true)");
        }
        boolean none = TamperEvidence.isNone(chain.committed());
        return none
                ? Optional.empty()
                : Optional.of(new Seal(signal.head(), ShaChain.hex(chain.committed())));
    }

    SealReport verify(List<Seal> seals, ProgressListener listener) {
        TamperEvidence evidence = new TamperEvidence(log, names);
        signal.checkOpen();
        ProgressMeter progress = new ProgressMeter(listener, signal.head() + 1);
        while (true) {
            signal.checkOpen();
            LogBase before = log.base();
            long from = evidence.from().orElse(0);
            SealReport report = new SealCheck(log, signal.head(), seals, progress::reach).run(from);
            if (log.readBase().equals(before)) {
                progress.end();
                return report;
            }
            // The beginning was truncated meanwhile: what is missing now was not taken by a forger.
        }
    }
}
