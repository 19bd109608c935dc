package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Prefix, Delta2, Successor and the measuring Consumer, as in commstime.rs. The ring is left blocked
// when the consumer has seen enough: to ask at each step whether it has would cost a select.
func commstime(parallel bool) scenario {
	return func(count int) result {
		toDelta, toSuccessor := make(chan uint64), make(chan uint64)
		toPrefix, toConsumer := make(chan uint64), make(chan uint64)
		go func() {
			toDelta <- 0
			for value := range toPrefix {
				toDelta <- value
			}
		}()
		go func() {
			for value := range toDelta {
				if parallel {
					var both sync.WaitGroup
					both.Add(1)
					go func() {
						toConsumer <- value
						both.Done()
					}()
					toSuccessor <- value
					both.Wait()
				} else {
					toConsumer <- value
					toSuccessor <- value
				}
			}
		}()
		go func() {
			for value := range toSuccessor {
				toPrefix <- value + 1
			}
		}()
		for range 10 {
			<-toConsumer
		}
		begin := now()
		for range count {
			<-toConsumer
		}
		return since(begin, count)
	}
}

func pingpong(count int) result {
	there, back := make(chan uint64), make(chan uint64)
	go func() {
		for value := range there {
			back <- value
		}
	}()
	defer close(there)
	var begin = now()
	for i := 0; i < count+10; i++ {
		if i == 10 {
			begin = now()
		}
		there <- uint64(i)
		<-back
	}
	return since(begin, count)
}

func stream(capacity int) scenario {
	return func(count int) result {
		values := make(chan uint64, capacity)
		go func() {
			for i := 0; i < count+10; i++ {
				values <- uint64(i)
			}
		}()
		for range 10 {
			<-values
		}
		begin := now()
		for range count {
			<-values
		}
		return since(begin, count)
	}
}

// Four producers to four consumers, or eight to one; capacity 128.
func many(toMany bool) scenario {
	producers, consumers := 8, 1
	if toMany {
		producers, consumers = 4, 4
	}
	return func(count int) result {
		begin := now()
		values := make(chan uint64, 128)
		var sending, receiving sync.WaitGroup
		for range producers {
			sending.Go(func() {
				for i := range count / producers {
					values <- uint64(i)
				}
			})
		}
		for range consumers {
			receiving.Go(func() {
				for range values {
				}
			})
		}
		sending.Wait()
		close(values)
		receiving.Wait()
		return since(begin, count)
	}
}

// Bursts of as many jobs as workers, which wait at the same channel.
func dispatch(count int) result {
	const workers = 8
	jobs := make(chan uint64)
	defer close(jobs)
	var done atomic.Int64
	for range workers {
		go func() {
			for range jobs {
				done.Add(1)
			}
		}()
	}
	begin := now()
	bursts := (count + workers - 1) / workers
	for burst := range bursts {
		for job := range workers {
			jobs <- uint64(job)
		}
		for done.Load() < int64(workers*(burst+1)) {
			runtime.Gosched()
		}
	}
	return since(begin, workers*bursts)
}
