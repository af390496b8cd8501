.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SOURCES := setup.cfg pyproject.toml $(shell find evalbatch -name '*.py' -o -name '*.toml')

.PHONY: help demo test lint bench corpus format templates docs clean

help: ## 列出这些命令
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /	/'

demo: .venv/.demo ## 在示例上运行一遍，结果写到 outputs/
	@$(BIN)/evalbatch run input_templates/examples -o outputs || [ $$? -eq 1 ]

test: .venv/.dev ## 运行全部测试；没有 LibreOffice 时列出没有运行的测试；只运行一部分：make test T="-k M201"
	$(BIN)/pytest -n auto -rs $(T)

lint: .venv/.dev ## 检查格式、类型和模块依赖的方向
	$(BIN)/ruff format --config .ci/ruff.toml --check evalbatch tests docs
	$(BIN)/ruff check --config .ci/ruff.toml evalbatch tests docs
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg --no-cache

bench: .venv/.dev ## 一份表、一整批要用多少时间和内存；重写 docs/benchmark.md：make bench RUNS="100 1000 5000"
	$(BIN)/python tests/benchmarks/values.py
	$(BIN)/python tests/benchmarks/control.py
	$(BIN)/python tests/benchmarks/bench.py
	$(BIN)/python tests/benchmarks/runs.py $(RUNS)

corpus: .venv/.dev ## 生成一个县的填报表，一半埋有错误，并列出每处错误：make corpus N=2000 SEED=1 DIR=build/corpus SHAPE=8x80
	PYTHONPATH=tests $(BIN)/python -m corpus $(or $(N),100) --seed $(or $(SEED),1) --dir $(or $(DIR),build/corpus) $(if $(SHAPE),--shape $(SHAPE))

format: .venv/.dev ## 整理代码格式
	$(BIN)/ruff format --config .ci/ruff.toml evalbatch tests docs
	$(BIN)/ruff check --config .ci/ruff.toml --fix evalbatch tests docs

templates: .venv/.demo ## 重新生成 input_templates/ 里的空白表和示例
	$(BIN)/evalbatch template -o input_templates/预算绩效自评表.xlsx
	$(BIN)/evalbatch template --example -o input_templates/examples

docs: .venv/.dev ## 重新生成 docs/ 里的说明
	$(BIN)/python docs/pages.py

clean: ## 删除虚拟环境、缓存和输出
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find outputs -mindepth 1 ! -name .gitkeep -delete

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.demo: .venv/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check .
	@touch $@

.venv/.dev: .venv/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check '.[dev]'
	@touch $@ .venv/.demo
