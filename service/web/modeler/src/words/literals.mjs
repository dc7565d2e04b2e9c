// English words of libraries that have no hook for translation: [as it stands, ours] by file.
const SIMULATION = 'bpmn-js-token-simulation/lib/features';

export const LITERALS = {
  'dmn-js-decision-table/lib/features/context-menu/ContextMenu.js': [['"Decision table context menu"', '"决策表的菜单"']],
  // no word: its style sheets are made without a style element, which our policy forbids
  'style-mod/src/style-mod.js': [['!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets']],
  'diagram-js/lib/features/popup-menu/PopupMenuComponent.js': [["'Results'", "'可选的'"]],
  [`${SIMULATION}/toggle-mode/modeler/ToggleMode.js`]: [['Token Simulation', '模拟走向']],
  [`${SIMULATION}/show-scopes/ShowScopes.js`]: [['Focus process instance ${scope.id}', '只看这一个实例']],
  [`${SIMULATION}/log/Log.js`]: [
    ['title="Toggle Simulation Log"', 'title="模拟日志"'],
    ['Simulation Log', '模拟日志'],
    ['aria-label="Close"', 'aria-label="关闭"'],
    ['No Entries', '还没有记录'],
    ["'Service Task'", "'服务任务'"],
    ["'User Task'", "'用户任务'"],
    ["'Call Activity'", "'调用活动'"],
    ["'Script Task'", "'脚本任务'"],
    ["'Business Rule Task'", "'业务规则任务'"],
    ["'Manual Task'", "'人工任务'"],
    ["'Receive Task'", "'接收任务'"],
    ["'Send Task'", "'发送任务'"],
    ["'Task'", "'任务'"],
    ["'Exclusive Gateway'", "'排他网关'"],
    ["'Parallel Gateway'", "'并行网关'"],
    ["'Inclusive Gateway'", "'包容网关'"],
    ["'Start Event'", "'开始事件'"],
    ["'Intermediate Event'", "'中间事件'"],
    ["'Boundary Event'", "'边界事件'"],
    ["'End Event'", "'结束事件'"],
  ],
  [`${SIMULATION}/reset-simulation/ResetSimulation.js`]: [['Reset Simulation', '重新开始模拟']],
  [`${SIMULATION}/pause-simulation/PauseSimulation.js`]: [
    ['Play/Pause Simulation', '继续或暂停模拟'],
    ['Pause Simulation', '已暂停'],
    ['Play Simulation', '继续'],
  ],
  [`${SIMULATION}/set-animation-speed/SetAnimationSpeed.js`]: [['Set animation speed = ', '速度：']],
  [`${SIMULATION}/context-pads/handler/ExclusiveGatewayHandler.js`]: [['Set Sequence Flow', '换一条路']],
  [`${SIMULATION}/context-pads/handler/InclusiveGatewayHandler.js`]: [['Set Sequence Flow', '换一条路']],
  [`${SIMULATION}/context-pads/handler/TriggerHandler.js`]: [['Trigger Event', '触发事件']],
  [`${SIMULATION}/context-pads/handler/PauseHandler.js`]: [
    ["${ wait ? 'Remove' : 'Add' } pause point", "${ wait ? '不再在这里停' : '在这里停一下' }"],
  ],
  [`${SIMULATION}/simulation-state/SimulationState.js`]: [["'Finished'", "'走完了'"]],
  [`${SIMULATION}/element-support/ElementSupport.js`]: [
    ['Found unsupported elements', '有模拟不了的环节'],
    ['Not supported', '不能模拟'],
  ],
};
