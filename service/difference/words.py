"""Chinese words for the kinds and aspects of BPMN and DMN elements."""

from __future__ import annotations

from service.model.properties import FAMILIES, PROPERTIES

TYPES = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "捕获事件",
    "intermediateThrowEvent": "抛出事件",
    "boundaryEvent": "边界事件",
    "task": "任务",
    "userTask": "用户任务",
    "manualTask": "人工任务",
    "serviceTask": "服务任务",
    "scriptTask": "脚本任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "businessRuleTask": "业务规则任务",
    "callActivity": "调用活动",
    "subProcess": "子流程",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关",
    "sequenceFlow": "顺序流",
    "messageFlow": "消息流",
    "process": "流程",
    "participant": "池",
    "collaboration": "协作",
    "lane": "泳道",
    "laneSet": "泳道集",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "property": "变量",
    "textAnnotation": "注释",
    "association": "注释连线",
    "group": "分组框",
    "definitions": "文件",
    "decision": "决策",
    "inputData": "输入数据",
    "businessKnowledgeModel": "业务知识模型",
    "knowledgeSource": "依据",
    "decisionService": "决策服务",
    "itemDefinition": "数据类型",
    "input": "输入列",
    "output": "输出列",
    "rule": "规则",
    "annotation": "说明列",
}
ASPECTS = {
    "sourceRef": "起点",
    "targetRef": "终点",
    "attachedToRef": "依附的任务",
    "cancelActivity": "是否中断",
    "isExecutable": "是否可执行",
    "isSequential": "是否依次",
    "calledElement": "所调用的流程",
    "default": "默认路径",
    "conditionExpression": "条件",
    "documentation": "说明",
    "description": "说明",
    "lane": "泳道",
    "parent": "所在的子流程",
    "timer": "定时",
    "decision": "决策表",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "errorCode": "错误代码",
    "outgoing": "出线",
    "incoming": "入线",
    "variables": "流程变量",
    "variable@name": "变量名",
    "decisionTable/annotation@name": "说明列",
    "categoryValueRef": "类别",
    "text": "文字",
    "script": "脚本",
    "scriptFormat": "脚本语言",
    "processRef": "流程",
    "hitPolicy": "命中策略",
    "aggregation": "汇总方式",
    "requires": "所需的输入和决策",
    "typeRef": "类型",
    "label": "列名",
    "inputExpression": "输入表达式",
    "inputValues": "允许的取值",
    "outputValues": "可能的结果",
    "defaultOutputEntry": "默认结果",
    "multiInstanceLoopCharacteristics": "多实例",
    "multiInstanceLoopCharacteristics@isSequential": "多实例是否依次",
    "multiInstanceLoopCharacteristics/loopDataInputRef": "多实例成员列表",
    "multiInstanceLoopCharacteristics/loopCardinality": "多实例个数",
    "multiInstanceLoopCharacteristics/inputDataItem": "多实例成员变量",
    "multiInstanceLoopCharacteristics/loopDataOutputRef": "多实例汇总变量",
    "multiInstanceLoopCharacteristics/completionCondition": "多实例完成条件",
    "standardLoopCharacteristics": "循环",
}
TIMERS = {"timeDate": "到", "timeDuration": "历时", "timeCycle": "循环"}


def type_word(local: str) -> str:
    """The word for an XML element."""
    return TYPES.get(local, local)


def aspect_word(key: str) -> str:
    """The word for an aspect: a path of inner elements, an attribute, or a property of ours."""
    if key.startswith("property:"):
        name = key[9:]
        family, dot, rest = name.partition(".")
        if dot and family in FAMILIES:
            return f"{FAMILIES[family].label} {rest}"
        return PROPERTIES[name].label if name in PROPERTIES else f"属性 {name}"
    return ASPECTS.get(key) or ASPECTS.get(key.rpartition("@")[2]) or key
