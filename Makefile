# What can be made: `make help`.
#
# Every target that builds first runs Scripts/setup.sh, which installs the system libraries when they
# are missing and checks Swift's version, so that each works on a machine that has only Swift, git
# and make.

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SWIFT ?= swift

# Tested is what users get, the release configuration: in a debug build the C loops and the solver are
# fifty times slower, and the argument parser checks all declarations at each start of the command,
# which takes twenty times as long as parsing. Internal declarations are testable, so that a scratch
# path of its own keeps `make build` from rebuilding everything.
TEST_SCRATCH = .build-test
BUILD_FLAGS = -c release -Xswiftc -enable-testing --enable-index-store --scratch-path $(TEST_SCRATCH)
# -enable-testing comes from BUILD_FLAGS alone, so that tests and other builds share what is built.
TEST_FLAGS = --disable-xctest --disable-testable-imports $(BUILD_FLAGS)

SWIFT_SOURCES = $(wildcard Package.swift Sources Tests Examples/Package.swift Examples/*/main.swift \
	Fuzz/Package.swift Fuzz/Sources Benchmarks/Package.swift Benchmarks/Sources)
SHELL_SOURCES = $(wildcard .ci/run Scripts/*.sh Scripts/libsvm/*.sh Scripts/mpi/*.sh Scripts/private-blas/*.sh Scripts/python/*.sh Scripts/spark/*.sh Examples/*.sh Examples/*/*.sh)
LIBRARIES = Basics LinearAlgebra Kernels SMOSolver Learning Evaluation Calibration SupportVectors LinearModels KernelMethods Tables TabularModels ModelSelection ModelFiles ModelExport ModelReports SVMCommand

.DEFAULT_GOAL := help
.PHONY: help setup build demo test examples public-api check-api walkthrough dependent lint format docs pictures fuzz compare \
	compare-raw compare-tables compare-linear check-exports check-reports \
	check-resume check-interrupts mpi check-mpi check-ranks check-sets check-latency check-memory compare-ranks libsvm check-libsvm wheel test-python check-spark compare-python \
	hunt microbenchmarks measure-costs install clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: ## Install OpenBLAS and LAPACKE when missing, check Swift's version
	@SWIFT="$(SWIFT)" Scripts/setup.sh

build: setup ## Build the svm command, optimised, at .build/release/svm
	$(SWIFT) build -c release --product svm

demo: build ## Train on iris with a holdout, evaluate, predict a few rows
	@Scripts/demo.sh .build/release/svm

test: setup ## Build and run all tests, optimised
	$(SWIFT) test $(TEST_FLAGS)

examples: setup ## Build and run every program in Examples
	@SWIFT="$(SWIFT)" Scripts/examples.sh $(BUILD_FLAGS)

public-api: setup ## Record the public declarations of all library products in Scripts/public-api.txt
	$(SWIFT) build $(BUILD_FLAGS)
	SWIFT="$(SWIFT)" Scripts/public-api.py --build $(TEST_SCRATCH) > $(TEST_SCRATCH)/public-api.txt
	mv $(TEST_SCRATCH)/public-api.txt Scripts/public-api.txt

check-api: ## Compare the public declarations with Scripts/public-api.txt, after make test
	@if command -v python3 > /dev/null; then SWIFT="$(SWIFT)" Scripts/public-api.py --build $(TEST_SCRATCH) --check; fi

walkthrough: build ## Run Examples/walkthrough.sh and the documented commands, and compare what they print
	@PATH="$(CURDIR)/.build/release:$$PATH" Examples/walkthrough.sh
	@if command -v python3 > /dev/null; then PATH="$(CURDIR)/.build/release:$$PATH" Scripts/check-readme.py; fi

dependent: setup ## Build a package that depends on this one, from the README's library example
	@SWIFT="$(SWIFT)" Scripts/check-dependent-package.sh

lint: ## Check the format of Swift code, the modules and their files, and scripts where shellcheck is installed
	$(SWIFT) format lint --strict --recursive $(SWIFT_SOURCES)
	@if command -v python3 > /dev/null; then SWIFT="$(SWIFT)" Scripts/check-modules.py; fi
	@if command -v shellcheck > /dev/null; then shellcheck -x $(SHELL_SOURCES); fi

format: ## Format Swift code in place
	$(SWIFT) format --in-place --parallel --recursive $(SWIFT_SOURCES)

docs: setup ## Build the documentation of the libraries and the command; warnings are errors
	$(SWIFT) package generate-documentation --warnings-as-errors \
	  $(foreach library,$(LIBRARIES),--target $(library))

pictures: build ## Draw the README's pictures with svm, needs Chromium and python3
	@Scripts/make-pictures.sh .build/release/svm

fuzz: setup ## Run each fuzz target for FUZZ_SECONDS (60)
	@SWIFT="$(SWIFT)" Scripts/fuzz.sh $(FUZZ_SECONDS)

compare: build ## Compare with peers from PyPI (DATA=FOLDER for files, RUNS=3, COMPARE=more options)
	python3 -m venv .build/compare-venv
	.build/compare-venv/bin/pip install --quiet -r Benchmarks/requirements.txt
	PYTHONPATH=Benchmarks .build/compare-venv/bin/python -m compare --resume --runs $(or $(RUNS),3) \
	  $(if $(DATA),--data "$(DATA)") $(COMPARE)

microbenchmarks: setup ## Measure tiles, scans, readers and prediction (JSON=--json for programs)
	@$(SWIFT) build -c release --product microbenchmarks >&2
	@.build/release/microbenchmarks $(JSON)

measure-costs: setup ## Measure what forecasts and svm plan count with, on an idle machine (COSTS="values trainings transport")
	@$(SWIFT) build -c release --product measure-costs >&2
	@.build/release/measure-costs $(COSTS)

compare-linear: ## Compare linear models with LIBLINEAR (DATA=FOLDER, RUNS=3)
	swift build -c release --product train-linear
	python3 -m venv .build/compare-venv
	.build/compare-venv/bin/pip install --quiet -r Benchmarks/requirements.txt
	python3 -m venv .build/multicore-venv
	.build/multicore-venv/bin/pip install --quiet liblinear-multicore==2.50.0 \
	  $(shell grep -E '^(numpy|scipy)==' Benchmarks/requirements.txt)
	.build/compare-venv/bin/python Benchmarks/linear.py --program .build/release/train-linear \
	  --multicore .build/multicore-venv/bin/python --runs $(or $(RUNS),3) --data "$(DATA)"

compare-raw: build ## Compare with scikit-learn on raw files (DATA=FOLDER)
	python3 -m venv .build/compare-venv
	.build/compare-venv/bin/pip install --quiet -r Benchmarks/requirements.txt
	.build/compare-venv/bin/python Benchmarks/raw_files.py --data "$(DATA)"

compare-tables: setup ## Time reading tables against peers from PyPI (DATA=FOLDER for files, RUNS=5)
	$(SWIFT) build -c release --package-path Benchmarks
	python3 -m venv .build/compare-venv
	.build/compare-venv/bin/pip install --quiet -r Benchmarks/requirements.txt
	.build/compare-venv/bin/python Benchmarks/tables.py --runs $(or $(RUNS),5) $(if $(DATA),--data "$(DATA)")

check-exports: build ## Run exported models in onnxruntime, LIBSVM and others from PyPI
	python3 -m venv .build/exports-venv
	.build/exports-venv/bin/pip install --quiet -r Scripts/check-exports.txt
	.build/exports-venv/bin/python Scripts/check-exports.py .build/release/svm

check-reports: build ## Render reports of generated figures and of models in Chromium, in .build/reports
	rm -rf .build/reports
	$(SWIFT) build -c release --product report-gallery
	.build/release/report-gallery .build/reports
	Scripts/make-reports.sh .build/release/svm .build/reports
	Scripts/check-reports.sh .build/reports

check-resume: build ## Kill trainings at 30 random moments and compare the models they end in (MOMENTS=30)
	Scripts/check-resume.py .build/release/svm $(or $(MOMENTS),30)

libsvm: setup ## Link libsvm.so.3 and libsvm.so.4, LIBSVM's library, in .build/libsvm (BLAS=system for the host's)
	@SWIFT="$(SWIFT)" BLAS="$(BLAS)" Scripts/libsvm/build.sh .build/libsvm

check-libsvm: libsvm build ## Compare libsvm.so.3 and svm-train … with Debian's (SHORT=yes for a part; DATA=FOLDER)
	@SHORT="$(SHORT)" DATA="$(DATA)" Scripts/libsvm/check.sh .build/libsvm .build/release/svm

mpi: ## Build svm_mpi.so, through which ranks reach MPI, in .build/mpi (MPICC=… for another compiler)
	@Scripts/mpi/build.sh .build/mpi

check-mpi: build mpi ## Train on ranks of MPI and in one process, and compare the models (RANKS="1 2 4" LONG=20)
	$(SWIFT) build -c release --product distribution-check
	Scripts/mpi/check.sh .build/mpi/svm_mpi.so .build/release/distribution-check $(RANKS)
	LONG="$(LONG)" Scripts/mpi/check-command.sh .build/mpi/svm_mpi.so .build/release/svm $(RANKS)

check-ranks: setup ## Train on ranks that are threads of one process, and compare the models with those of one rank
	$(SWIFT) build -c release --product distribution-check
	.build/release/distribution-check

check-sets: build mpi ## Train on real data sets alone and on 2 and 4 ranks of MPI, and compare the models (DATA=FOLDER)
	Scripts/mpi/check-sets.py .build/mpi/svm_mpi.so .build/release/svm "$(DATA)"

check-latency: build mpi ## Train on two hosts in network namespaces with a slow network, as root (DELAYS="0 1 10" ms)
	Scripts/mpi/check-latency.sh .build/mpi/svm_mpi.so .build/release/svm $(DELAYS)

check-memory: build mpi ## Compare peaks of memory alone and on 4 ranks, with a table of 2 GB (ROWS=5000000)
	ROWS="$(ROWS)" Scripts/mpi/check-memory.sh .build/mpi/svm_mpi.so .build/release/svm

compare-ranks: build mpi ## Time ranks of MPI against threads and what svm plan predicts (RUNS=3)
	python3 -m venv .build/compare-venv
	.build/compare-venv/bin/pip install --quiet -r Benchmarks/requirements.txt
	PYTHONPATH=Benchmarks .build/compare-venv/bin/python Benchmarks/ranks.py --svm .build/release/svm \
	  --library .build/mpi/svm_mpi.so --runs $(or $(RUNS),3) --output Benchmarks/RESULTS-ranks.md

wheel: setup ## Build the Python package's wheel in .build/python
	@SWIFT="$(SWIFT)" Scripts/python/build.sh .build/python
	@Scripts/python/wheel.py .build/python .build/python

test-python: wheel ## Install the wheel into a new environment and test it there (SHORT=yes for a part)
	SHORT="$(SHORT)" Scripts/python/test.sh .build/python

check-spark: wheel ## Run Examples/spark with PySpark here, which is installed with Java (SKIP=yes: pass if it cannot be)
	@Scripts/spark/check.sh .build/python || { status=$$?; [ $$status = 77 ] && [ "$(SKIP)" = yes ] || exit $$status; }

compare-python: wheel ## Time the Python package against scikit-learn (RUNS=3)
	python3 -m venv --clear .build/compare-python
	.build/compare-python/bin/pip install --quiet -r Scripts/python/requirements.txt .build/python/*.whl
	.build/compare-python/bin/pip install --quiet scikit-learn-intelex || \
	  echo "scikit-learn-intelex cannot be installed here; it is not compared"
	.build/compare-python/bin/python Benchmarks/python.py --runs $(or $(RUNS),3)

hunt: build ## Run the command with random options on odd tables (RUNS=30000, SEED=0)
	Scripts/hunt.py .build/release/svm --runs $(or $(RUNS),30000) --seed $(or $(SEED),0)

check-interrupts: build ## Measure how soon trainings of every kind stop (CASES="c-svc ls-svc" for some)
	Scripts/check-interrupts.py .build/release/svm $(CASES)

install: setup ## Install svm, its manual pages and completions under PREFIX (LIBSVM_NAMES=yes: svm-train …)
	@SWIFT="$(SWIFT)" LIBSVM_NAMES="$(LIBSVM_NAMES)" Scripts/install.sh "$(DESTDIR)$(PREFIX)"

clean: ## Remove everything that was built
	rm -rf .build .build-* Fuzz/.build Benchmarks/.build
